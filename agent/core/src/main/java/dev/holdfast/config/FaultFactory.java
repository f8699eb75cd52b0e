package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FaultPolicy;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the faults of a policy, and finds those that cannot be injected. Not to be touched where a file has none
 * ({@link FaultKeys#areSet}): few files do.
 */
final class FaultFactory {
    private static final int FIRST_ERROR_STATUS = 400;

    private FaultFactory() {}

    /** Makes it of settings that {@link #check} found good. */
    static FaultPolicy policy(Settings settings) {
        double share = settings.get(FaultKeys.SHARE);
        if (share == 0 || !settings.isTrue(FaultKeys.ARMED) || kinds(settings).isEmpty()) {
            return FaultPolicy.NONE;
        }
        ErrorKind error = settings.get(FaultKeys.ERROR);
        return new FaultPolicy(
                share,
                settings.get(FaultKeys.STATUS),
                error == FaultKeys.NO_ERROR ? null : error,
                settings.nanos(FaultKeys.DELAY),
                settings.get(FaultKeys.CUT_BODY),
                settings.get(FaultKeys.SEED),
                epochMillis(settings.get(FaultKeys.UNTIL)));
    }

    /** Looks at the merged settings of one policy. */
    static void check(Settings settings, Problems problems) {
        List<Setting<?>> kinds = kinds(settings);
        Setting<Integer> status = settings.setting(FaultKeys.STATUS);
        Integer written = status.found();
        if (written != null && written > 0 && written < FIRST_ERROR_STATUS) {
            problems.error(
                    status, "is " + status.shown(written) + ", which is no error; use 400 to 599, or 0 for none");
        }
        if (kinds.size() > 1) {
            Setting<?> last = kinds.get(0);
            for (Setting<?> kind : kinds) {
                last = last.later(kind);
            }
            for (Setting<?> other : kinds) {
                if (!other.equals(last)) {
                    problems.error(
                            last,
                            "is a second fault beside " + name(other) + " (line " + other.line()
                                    + "); an attempt gets one, so take one of them back (status = 0, error = \"none\","
                                    + " delay = \"0s\", cut_body = 0)");
                    return;
                }
            }
        }
    }

    private static String name(Setting<?> setting) {
        return setting.path().substring(setting.path().lastIndexOf('.') + 1);
    }

    /** The kinds of faults that are set; of those with a value that is not allowed, none. */
    static List<Setting<?>> kinds(Settings settings) {
        List<Setting<?>> kinds = new ArrayList<>();
        if (settings.number(FaultKeys.STATUS) > 0) {
            kinds.add(settings.setting(FaultKeys.STATUS));
        }
        ErrorKind error = settings.setting(FaultKeys.ERROR).found();
        if (error != null && error != FaultKeys.NO_ERROR) {
            kinds.add(settings.setting(FaultKeys.ERROR));
        }
        Setting<Duration> delay = settings.setting(FaultKeys.DELAY);
        if (Settings.nanos(delay) > 0) {
            kinds.add(delay);
        }
        if (settings.number(FaultKeys.CUT_BODY) > 0) {
            kinds.add(settings.setting(FaultKeys.CUT_BODY));
        }
        return kinds;
    }

    /** Looks at the switch, which stands at the top of the file, before any policy is made. */
    static void checkSwitch(Settings top, Problems problems) {
        Setting<String> until = top.setting(FaultKeys.UNTIL);
        String text = until.found();
        if (text == null) {
            return; // which is reported
        }
        Setting<Boolean> armed = top.setting(FaultKeys.ARMED);
        if (text.isEmpty()) {
            if (top.isTrue(FaultKeys.ARMED)) {
                problems.lack(armed, "needs an end beside it: until = \"2026-03-31T10:00:00Z\" in [faults]");
            }
            return;
        }
        long end;
        try {
            end = epochMillis(text);
        } catch (DateTimeException e) {
            problems.error(
                    until,
                    "is not a time: it has to be a date, a time and an offset, such as \"2026-03-31T10:00:00Z\" or"
                            + " \"2026-03-31T12:00:00+02:00\"");
            return;
        }
        if (top.isTrue(FaultKeys.ARMED)) {
            problems.warn(
                    armed,
                    end > System.currentTimeMillis()
                            ? "is true: calls get the faults of [fault] until " + until.shown(text)
                            : "is true, and calls get no faults any more, since until is over: " + until.shown(text));
        }
    }

    private static long epochMillis(String time) {
        try {
            return OffsetDateTime.parse(time).toInstant().toEpochMilli();
        } catch (ArithmeticException e) {
            throw new DateTimeException(time, e); // a year that is too far away
        }
    }
}

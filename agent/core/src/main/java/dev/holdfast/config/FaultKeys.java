package dev.holdfast.config;

import static dev.holdfast.config.Keys.HOUR;
import static dev.holdfast.config.Keys.MIB;

import dev.holdfast.policy.ErrorKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The keys of game days. See {@link Keys}. */
final class FaultKeys {
    /** The value of {@code error} for none: a kind that no fault can have. */
    static final ErrorKind NO_ERROR = ErrorKind.OTHER;

    private static final Section FAULT = new Section(
            "fault",
            true,
            "A fault for a game day (docs/game-days.md), injected into attempts while [faults] is armed: one of status,"
                    + " error, delay and cut_body.");

    static final Key<Double> SHARE =
            FAULT.decimal("share", 0.0, 0, 1, "The share of attempts that get the fault; 0 is off.");
    static final Key<Integer> STATUS = FAULT.integer(
            "status",
            0,
            0,
            599,
            "The status, from 400 on, of the response that an attempt gets without being sent; 0 is " + "none.");
    static final Key<ErrorKind> ERROR = FAULT.choice(
            "error", NO_ERROR, errors(), "The failure that an attempt ends in without being sent; \"none\" is none.");
    static final Key<Duration> DELAY = FAULT.duration(
            "delay", "0s", 0, HOUR, "The time for which an attempt is held before it is sent; \"0s\" is none.");
    static final Key<Long> CUT_BODY = FAULT.size(
            "cut_body", 0L, 0, 1024 * MIB, "The bytes of a response's body after which it breaks; 0 is none.");

    private static final Section FAULTS =
            new Section("faults", false, "The switch of the faults above: without it, [fault] has no effect.");

    static final Key<Boolean> ARMED =
            FAULTS.flag("armed", false, "Whether faults are injected. Check warns as long as they are.");
    static final Key<String> UNTIL = FAULTS.text(
            "until", "The end of the faults, as a time with its offset: \"2026-03-31T10:00:00Z\". Needed when armed.");
    static final Key<Integer> SEED = FAULTS.integer(
            "seed", 1, 0, Integer.MAX_VALUE, "The start of the random sequence that chooses the attempts.");

    /** The sections of these keys, in the order of the reference. */
    static final List<Section> SECTIONS = List.of(FAULT, FAULTS);

    private FaultKeys() {}

    /** Returns whether any key of a fault is set. */
    static boolean areSet(Settings settings) {
        for (Key<?> key : FAULT.keys()) {
            if (!settings.setting(key).builtIn()) {
                return true;
            }
        }
        return false;
    }

    private static Choices<ErrorKind> errors() {
        List<String> words = new ArrayList<>();
        List<ErrorKind> kinds = new ArrayList<>();
        words.add("none");
        kinds.add(NO_ERROR);
        for (ErrorKind kind : ErrorKind.values()) {
            // A body that ends early is a fault of its own, and before a head clients take that for a reset.
            if (kind != ErrorKind.OTHER && kind != ErrorKind.PROXY && kind != ErrorKind.PREMATURE_EOF) {
                words.add(kind.configName());
                kinds.add(kind);
            }
        }
        return new Choices<>(words, kinds);
    }
}

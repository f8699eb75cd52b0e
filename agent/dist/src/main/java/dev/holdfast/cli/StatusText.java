package dev.holdfast.cli;

import dev.holdfast.observe.DurationFormat;
import dev.holdfast.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A status for a terminal: a line for each policy and origin, and what is wrong below it. */
final class StatusText {
    /**
     * The number of origins without a policy that are shown, the busiest of up to 100: a line that fits on a screen.
     */
    private static final int UNMATCHED_SHOWN = 10;

    private static final int TRANSITIONS = 5;

    private StatusText() {}

    static String of(String process, JsonValue status) {
        StringBuilder text = new StringBuilder();
        head(text, process, status);
        faults(text, status.get("faults"));
        List<JsonValue> origins = status.get("origins").items();
        if (origins.isEmpty()) {
            ExplanationText.line(text, "No call has gone to a host with a policy yet.");
        } else {
            comparison(text, status);
            ExplanationText.line(text, "");
            table(text, origins);
            details(text, origins);
        }
        long more = status.get("origins_not_listed").count();
        if (more > 0) {
            ExplanationText.line(text, more + " origins are counted together, as \"other\"");
        }
        store(text, status.get("store"));
        gaps(text, status);
        transitions(text, status.get("transitions").items());
        return text.toString();
    }

    private static void head(StringBuilder text, String process, JsonValue status) {
        JsonValue configuration = status.get("configuration");
        int policies = configuration.get("policies").items().size();
        ExplanationText.line(
                text,
                "Holdfast " + status.get("version").text() + " in process " + process + whereAndSince(status) + ": "
                        + state(status));
        long reloads = configuration.get("reloads").count();
        boolean unused = status.get("reason").text().startsWith("file_");
        ExplanationText.line(
                text,
                unused
                        ? "No policy is in force; the file is "
                                + configuration.get("file").text() + "; counting for "
                                + since(status.get("started"), status)
                        : policies + (policies == 1 ? " policy" : " policies") + " from "
                                + configuration.get("file").text()
                                + (configuration.get("sha256").isNothing()
                                        ? ""
                                        : " (sha256 "
                                                + configuration.get("sha256").text() + ")")
                                + ", in force for "
                                + since(configuration.get("in_force_since"), status)
                                + (reloads == 0 ? "" : " (reloaded " + times(reloads) + ")") + "; counting for "
                                + since(status.get("started"), status));
        if (!configuration.get("error").isNothing()) {
            ExplanationText.line(
                    text,
                    unused
                            ? "The file cannot be used; a good one takes effect without a restart:"
                            : "The file was changed and cannot be used; the one before stays in force:");
            configuration.get("error").text().lines().forEach(line -> ExplanationText.line(text, "  " + line));
        }
    }

    /** An agent of an earlier version says nothing of faults. */
    private static void faults(StringBuilder text, JsonValue faults) {
        if (faults.isNothing()) {
            return;
        }
        ExplanationText.line(
                text,
                faults.get("injecting").isTrue()
                        ? "GAME DAY: faults are injected into calls until "
                                + faults.get("until").text() + ":"
                        : "No faults are injected any more, since "
                                + faults.get("until").text());
        for (JsonValue of :
                faults.get("injecting").isTrue() ? faults.get("policies").items() : List.<JsonValue>of()) {
            ExplanationText.line(
                    text,
                    "  " + of.get("policy").text() + ": " + of.get("share").number() + " of attempts, "
                            + of.get("fault").text()
                            + (of.get("mode").text().equals("observe") ? " (observe: only counted)" : ""));
        }
    }

    /** An agent of an earlier version says nothing of a store. */
    private static void store(StringBuilder text, JsonValue store) {
        if (!store.isNothing()) {
            ExplanationText.line(
                    text,
                    "Shared store " + store.get("where").text() + ": "
                            + store.get("state").text() + "; responses read " + count(store, "hits") + ", not found "
                            + count(store, "misses") + ", late " + count(store, "late") + ", not asked for "
                            + count(store, "skipped") + ", damaged " + count(store, "damaged") + "; written "
                            + count(store, "writes") + ", not written " + count(store, "dropped") + "; errors "
                            + count(store, "errors") + sharedRates(store) + hints(store));
        }
    }

    private static String sharedRates(JsonValue store) {
        long rates = count(store, "rates");
        return rates == 0
                ? ""
                : "; rates shared " + rates + ", of which without the store " + count(store, "local_rates");
    }

    private static String hints(JsonValue store) {
        long sent = count(store, "hints_sent");
        long taken = count(store, "hints_taken");
        return sent + taken == 0 ? "" : "; hints at open breakers sent " + sent + ", taken into account " + taken;
    }

    private static long count(JsonValue of, String name) {
        return of.get(name).count();
    }

    private static void gaps(StringBuilder text, JsonValue status) {
        List<String> hosts = new ArrayList<>();
        long others = status.get("gaps").get("other_calls").count();
        for (JsonValue host : status.get("gaps").get("hosts").items()) {
            if (hosts.size() < UNMATCHED_SHOWN) {
                hosts.add(host.get("origin").text() + " " + host.get("calls").count());
            } else {
                others += host.get("calls").count();
            }
        }
        if (others > 0) {
            hosts.add("others " + others);
        }
        listed(text, "No policy matches these, their calls run unmodified: ", hosts);
        List<String> clients = new ArrayList<>();
        for (JsonValue client : status.get("gaps").get("clients").items()) {
            clients.add(client.get("client").text()
                    + (client.get("version").isNothing()
                            ? ""
                            : " " + client.get("version").text())
                    + " (" + client.get("package").text() + ")");
        }
        listed(text, "In use and not covered: ", clients);
        listed(
                text,
                "HTTP proxies: ",
                status.get("proxies").items().stream().map(JsonValue::text).toList());
    }

    private static void listed(StringBuilder text, String what, List<String> all) {
        if (!all.isEmpty()) {
            ExplanationText.line(text, what + String.join(", ", all));
        }
    }

    private static String whereAndSince(JsonValue status) {
        JsonValue process = status.get("process");
        return process.isNothing()
                ? ""
                : " on " + process.get("host").text() + ", started "
                        + process.get("started").text();
    }

    private static void comparison(StringBuilder text, JsonValue status) {
        JsonValue comparison = status.get("comparison");
        long compared = comparison.get("calls").count();
        long rejected = 0;
        for (JsonValue origin : status.get("origins").items()) {
            // What the strategy `degraded` sends is no call of the program's.
            rejected += origin.get("policy").text().endsWith(Policy.ALTERNATE_ORIGIN) ? 0 : calls(origin, "rejected");
        }
        if (compared > 0) {
            ExplanationText.line(
                    text,
                    "Good without Holdfast "
                            + percent(comparison.get("good_without").count(), compared)
                            + ", with it " + percent(comparison.get("good_with").count(), compared) + ", of the "
                            + compared + (compared == 1 ? " call" : " calls") + " that can be compared");
        }
        if (rejected > 0) {
            ExplanationText.line(
                    text,
                    "Rejected by Holdfast: " + rejected + (rejected == 1 ? " call" : " calls") + ", nothing was sent");
        }
    }

    /** Rounded down, so that 100 % is said of nothing less. */
    private static String percent(long part, long all) {
        long tenths = part * 1000 / all;
        return tenths == 1000 ? "100 %" : tenths / 10 + "." + tenths % 10 + " %";
    }

    private static String state(JsonValue status) {
        String why = ActivityDescription.whyInactive(status);
        boolean on = status.get("on").isTrue();
        if (why != null) {
            return "INACTIVE, " + why + (on ? "" : ", and switched off") + "; calls run unmodified";
        }
        return on ? "on" : "OFF, calls run unmodified";
    }

    private static void table(StringBuilder text, List<JsonValue> origins) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "POLICY",
                "ORIGIN",
                "MODE",
                "CALLS",
                "GOOD",
                "RETRIED",
                "FALLBACK",
                "FAILED",
                "TIMED OUT",
                "REJECTED",
                "RETRIES",
                "BREAKER",
                "BUDGET",
                "CALL P50",
                "P95",
                "P99"));
        for (JsonValue origin : origins) {
            rows.add(List.of(
                    origin.get("policy").text(),
                    origin.get("origin").text(),
                    origin.get("mode").isNothing() ? "-" : origin.get("mode").text(),
                    Long.toString(calls(origin, null)),
                    Long.toString(calls(origin, "first_try")),
                    Long.toString(calls(origin, "saved_by_retry")
                            + calls(origin, "good_after_timeout")
                            + calls(origin, "hedged")),
                    Long.toString(calls(origin, "saved_by_fallback") + calls(origin, "answered_by_fallback")),
                    Long.toString(calls(origin, "failed")),
                    Long.toString(calls(origin, "timed_out")),
                    Long.toString(calls(origin, "rejected")),
                    Long.toString(retries(origin)),
                    origin.get("breaker").isNothing()
                            ? "-"
                            : origin.get("breaker").get("state").text().replace('_', '-'),
                    origin.get("budget").isNothing()
                            ? "-"
                            : String.format(
                                    Locale.ROOT,
                                    "%.0f",
                                    Math.floor(
                                            origin.get("budget").get("balance").number())),
                    duration(origin, "p50"),
                    duration(origin, "p95"),
                    duration(origin, "p99")));
        }
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                boolean number = (i >= 3 && i <= 10) || i >= 12;
                String padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ").append(number ? padding + row.get(i) : row.get(i) + padding);
            }
            ExplanationText.line(text, line.toString());
        }
    }

    /** Returns a percentile of the durations of whole calls, retries, waits and fallbacks included. */
    private static String duration(JsonValue origin, String share) {
        JsonValue seconds = origin.get("call_duration").get(share);
        return seconds.isNothing() ? "-" : seconds(seconds);
    }

    private static long calls(JsonValue origin, @Nullable String result) {
        long sum = 0;
        for (JsonValue client : origin.get("clients").items()) {
            if (result != null) {
                sum += client.get("calls").get(result).count();
            } else {
                for (JsonValue count : client.get("calls").properties().values()) {
                    sum += count.count();
                }
            }
        }
        return sum;
    }

    private static long retries(JsonValue origin) {
        long sum = 0;
        for (JsonValue client : origin.get("clients").items()) {
            for (JsonValue count : client.get("retries").properties().values()) {
                sum += count.count();
            }
        }
        return sum;
    }

    /** Appends the details that few origins have, a line each. */
    private static void details(StringBuilder text, List<JsonValue> origins) {
        for (JsonValue origin : origins) {
            String name =
                    origin.get("policy").text() + " for " + origin.get("origin").text() + ": ";
            JsonValue breaker = origin.get("breaker");
            if (!breaker.isNothing() && !breaker.get("state").text().equals("closed")) {
                JsonValue probe = breaker.get("seconds_to_probe");
                ExplanationText.line(
                        text,
                        name + "breaker " + breaker.get("state").text().replace('_', '-')
                                + (breaker.get("reason").isNothing()
                                        ? ""
                                        : ", " + breaker.get("reason").text())
                                + (probe.isNothing()
                                        ? ", for good"
                                        : probe.number() > 0 ? ", next probe in " + seconds(probe) : ", probing"));
            }
            counts(text, name + "retries because of ", retriesBecause(origin));
            counts(text, name + "not retried: ", origin.get("not_retried"));
            counts(text, name + "rejected by Holdfast: ", origin.get("rejections"));
            counts(text, name + "would have, were it not for observe mode: ", origin.get("would_have"));
        }
    }

    private static JsonValue retriesBecause(JsonValue origin) {
        Map<String, Object> sums = new TreeMap<>();
        for (JsonValue client : origin.get("clients").items()) {
            client.get("retries")
                    .properties()
                    .forEach((because, count) ->
                            sums.merge(because, count.count(), (one, other) -> (Long) one + (Long) other));
        }
        return new JsonValue(sums);
    }

    private static void counts(StringBuilder text, String what, JsonValue counts) {
        List<String> parts = new ArrayList<>();
        counts.properties().forEach((name, count) -> parts.add(name.replace('_', ' ') + " " + count.count()));
        if (!parts.isEmpty()) {
            ExplanationText.line(text, what + String.join(", ", parts));
        }
    }

    private static void transitions(StringBuilder text, List<JsonValue> transitions) {
        if (transitions.isEmpty()) {
            return;
        }
        ExplanationText.line(text, "");
        ExplanationText.line(text, "Latest transitions of breakers:");
        for (JsonValue transition :
                transitions.subList(Math.max(0, transitions.size() - TRANSITIONS), transitions.size())) {
            ExplanationText.line(
                    text,
                    "  " + transition.get("time").text() + "  "
                            + transition.get("policy").text() + " for "
                            + transition.get("origin").text() + ": "
                            + transition.get("from").text().replace('_', '-')
                            + " -> " + transition.get("to").text().replace('_', '-') + ", "
                            + transition.get("reason").text());
        }
    }

    private static String times(long many) {
        return many == 1 ? "once" : many + " times";
    }

    private static String seconds(JsonValue value) {
        return DurationFormat.text(Math.round(value.number() * 1e9));
    }

    private static String since(JsonValue time, JsonValue status) {
        try {
            Duration span = Duration.between(
                    Instant.parse(time.text()), Instant.parse(status.get("time").text()));
            return DurationFormat.text(Math.max(0, span.toSeconds()) * 1_000_000_000L);
        } catch (DateTimeParseException e) {
            return "?";
        }
    }
}

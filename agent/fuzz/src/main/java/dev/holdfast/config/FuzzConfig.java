package dev.holdfast.config;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whatever the file: a configuration or the one exception, fit for a terminal; both parsers read the same; and the time
 * that it takes grows as its length does.
 */
public final class FuzzConfig {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int LENGTH = 1 << 14;

    private FuzzConfig() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        parse(text);
        parsersAgree(text);
        if (text.hashCode() % 256 == 0 && !text.isEmpty()) {
            timeIsLinear(text);
        }
    }

    private static void parse(String text) {
        try {
            Configuration configuration = ConfigLoader.parse(text, "f.toml");
            for (Map.Entry<HostPattern, Policy> policy :
                    configuration.policies().entrySet()) {
                policy.getValue().of("GET", "/a/b");
            }
            for (String name : configuration.policyNames()) {
                check(!configuration.provenance().values(name).isEmpty(), "nothing known of " + name);
            }
        } catch (ConfigException e) {
            check(!e.problems().isEmpty(), "an error without a problem");
            check(
                    e.getMessage().length() < 200_000,
                    "a message of " + e.getMessage().length());
            for (Problem problem : e.problems()) {
                check(problem.line() > 0 && problem.column() > 0, "without a place: " + problem);
                check(problem.toString().codePoints().noneMatch(Character::isISOControl), "unprintable");
            }
        }
    }

    private static void parsersAgree(String text) {
        ParsedTable plain = SimpleTomlParser.parse(text);
        if (plain != null) {
            TomlSyntax full = TomlSyntax.parse(text);
            check(full.errors().isEmpty(), "the full parser refuses it: " + full.errors());
            check(described(plain).equals(described(full.table())), "the parsers read different things");
        }
    }

    private static Object described(Object value) {
        if (value instanceof ParsedTable table) {
            Map<String, Object> entries = new TreeMap<>();
            for (String name : table.names()) {
                entries.put(name, List.of(table.position(name), described(table.value(name))));
            }
            return entries;
        }
        if (value instanceof ParsedArray array) {
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < array.values().size(); i++) {
                items.add(List.of(array.position(i), described(array.values().get(i))));
            }
            return items;
        }
        return value;
    }

    /**
     * The text again and again, up to one length and up to eight times that. Squared it would take 64 times as long;
     * what is between 8 and 40 is left to a machine that compiles, collects and counts coverage meanwhile.
     */
    private static void timeIsLinear(String text) {
        String once = text.repeat(LENGTH / text.length() + 1);
        String often = once.repeat(8);
        long one = Long.MAX_VALUE;
        long eight = Long.MAX_VALUE;
        for (int i = 0; i < 5 && eight > 40 * Math.max(10_000_000, one == Long.MAX_VALUE ? 0 : one); i++) {
            one = Math.min(one, nanos(once));
            eight = Math.min(eight, nanos(often));
        }
        check(
                eight <= 40 * Math.max(10_000_000, one),
                "8 times the text takes " + eight / 1_000_000 + " ms, once it takes " + one / 1_000_000);
    }

    private static long nanos(String text) {
        long start = THREADS.getCurrentThreadCpuTime();
        try {
            ConfigLoader.parse(text, "f.toml");
        } catch (ConfigException e) {
            // Its time is what counts.
        }
        return THREADS.getCurrentThreadCpuTime() - start;
    }

    private static void check(boolean good, String otherwise) {
        if (!good) {
            throw new AssertionError(otherwise);
        }
    }
}

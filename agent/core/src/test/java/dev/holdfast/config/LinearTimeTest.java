package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The time that a file takes grows as its length does, whatever it is made of: eight times the text may take 24 times
 * as long, since machines have bad moments, but not 64 times, as it would where each part is held against each other
 * one.
 */
class LinearTimeTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int LENGTH = 1 << 14;
    private static final long SHORTEST = 10_000_000;

    private enum Text {
        HOSTS(i -> "[hosts.\"h" + i + ".example\".retry]\nmax_retries = 1\n"),
        SUFFIXES_THAT_OVERLAP(i -> "[hosts.\"*." + "a.".repeat(i % 50) + "b" + i + "\"]\n"),
        ROUTES(i -> "[[hosts.\"a.example\".routes]]\npath = \"/a" + i + "/*/b\"\n"),
        ROUTES_WITH_STARS(i -> "[[hosts.\"a.example\".routes]]\npath = \"/a" + i + "*/b\"\n"),
        DEGRADED(i -> "[hosts.\"a" + i + "\".retry.fallback]\nstrategy = \"degraded\"\ndegraded.url = \"http://a"
                + (i + 1) + "\"\n"),
        VARIABLES(i -> "[hosts.\"h" + i + "${A:-x}.example\".retry]\nmax_retries = \"${B:-" + i % 9 + "}\"\n"),
        MISSING_VARIABLES(i -> "[hosts.\"h" + i + ".example\".retry]\nmax_retries = \"${NO_SUCH_" + i + "}\"\n"),
        ONE_TEXT_OF_VARIABLES(i -> i == 0 ? "retry.fallback.default_value.body = '$${" : "${A:-x}$${$"),
        POLICIES(i -> "[policies.p" + i + "]\nhosts = ['h" + i + "']\nretry.max_retries = 1\n"),
        POLICIES_THAT_BUILD_ON_OTHERS(i -> "[policies.p" + i + "]\npolicy = ['p" + i / 2 + "', 'p" + i / 3
                + "']\n[hosts.h" + i + "]\npolicy = 'p" + i + "'\n"),
        UNKNOWN_POLICIES(i -> "[hosts.h" + i + "]\npolicy = 'unknown" + i + "'\n"),
        POLICIES_THAT_BUILD_ON_ALL_BEFORE(
                i -> "[policies.p" + i + "]\npolicy = [" + names(i) + "]\n[hosts.h" + i + "]\npolicy = 'p" + i + "'\n"),
        CIRCLES(i -> "[policies.p" + i + "]\npolicy = ['p" + (i + 1) + "', 'p" + i / 2 + "']\n"),
        CONDITIONS(i -> "[[retry.policy.when]]\nstatus = [" + (400 + i % 200) + "]\nheaders = {a" + i
                + " = '*a*'}\naction = 'no_retry'\n"),
        CONDITIONS_THAT_ARE_WRONG(i -> "[[retry.policy.when]]\njson = {'a" + i + "' = 1}\nactions = 'x'\n"),
        CONDITIONS_OF_HOSTS(i -> i < 100
                ? "[[retry.policy.when]]\nbody = 'a" + i + "'\naction = 'no_retry'\n"
                : "[[hosts.h" + i + ".retry.policy.when]]\nbody = 'a'\naction = 'no_retry'\n"),
        IDLE(i -> "[hosts.\"a" + i + "\".limits]\nmax_wait = \"2s\"\n"),
        UNKNOWN_KEYS(i -> "unknown_key_" + i + " = 1\n"),
        WRONG_VALUES(i -> "[hosts.\"h" + i + ".example\".retry]\nmax_retries = \"no\"\n"),
        THE_SAME_HOST(i -> "[hosts.\"" + (i % 2 == 0 ? "A" : "a") + ".example" + ".".repeat(i % 3) + "\"]\n"),
        SYNTAX_ERRORS(i -> "[r" + i + "\u0000ed]\nurl = \"d = \"true\"\n"),
        BROKEN_HEADERS(i -> "[hosts.*.retry]\nmax_retries = " + i + "\n"),
        COMMENTS(i -> "# comment " + i + "\n"),
        BLANKS(i -> " \t\n"),
        ONE_LINE_OF_BRACKETS(i -> "[");

        private final IntFunction<String> part;

        Text(IntFunction<String> part) {
            this.part = part;
        }

        private static String names(int number) {
            StringBuilder names = new StringBuilder();
            for (int i = number - 1; i >= 0; i--) {
                names.append("'p").append(i).append("', ");
            }
            return names.toString();
        }

        String ofLength(int length) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; text.length() < length; i++) {
                text.append(part.apply(i));
            }
            return text.toString();
        }
    }

    @ParameterizedTest
    @EnumSource
    void eightTimesTheTextIsNotReadInTheSquareOfIt(Text text) {
        String once = text.ofLength(LENGTH);
        String often = text.ofLength(8 * LENGTH);
        nanos(often); // the compiler has seen it
        long one = Long.MAX_VALUE;
        long eight = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            one = Math.min(one, nanos(once));
            eight = Math.min(eight, nanos(often));
        }

        assertThat(eight / 1e6).as("ms").isLessThanOrEqualTo(24 * Math.max(SHORTEST, one) / 1e6);
    }

    private static long nanos(String text) {
        long start = THREADS.getCurrentThreadCpuTime();
        try {
            ConfigLoader.parse(text, "t.toml");
        } catch (ConfigException e) {
            // Its time is what counts.
        }
        return THREADS.getCurrentThreadCpuTime() - start;
    }
}

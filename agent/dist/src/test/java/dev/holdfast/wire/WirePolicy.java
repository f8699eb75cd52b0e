package dev.holdfast.wire;

/**
 * The configurations under test. Each has two ports of its own, which is how the configuration file tells them apart:
 * every case has an address of its own, so that no connection, breaker or cached response of one case reaches another.
 */
enum WirePolicy {
    /** The JDK's client alone, without a policy, which all others are compared with. */
    NONE("", ""),
    /** A policy that matches and has nothing to do. */
    IDLE("", "max_retries = 0\n"),
    /** Decides and counts, but changes nothing. */
    OBSERVE("mode = \"observe\"\n", Texts.RETRYING),
    /** Retries whatever may be retried. */
    RETRY("", Texts.RETRYING),
    /** {@link #RETRY}, where responses are held back until they are complete. */
    BUFFER("", Texts.RETRYING + "buffer_response = \"64KiB\"\n"),
    /** One retry; a second attempt beside a slow one. */
    HEDGE("", Texts.RETRYING.replace("max_retries = 3", "max_retries = 1")),
    /** {@link #RETRY}, with a limit on each attempt. */
    TIMEOUT("", Texts.RETRYING + "attempt_timeout = \"60ms\"\n"),
    /** The policy without retries, where the last good response stands in for a failed call. */
    CACHE("", "max_retries = 0\n");

    private final String host;
    private final String retry;

    WirePolicy(String host, String retry) {
        this.host = host;
        this.retry = retry;
    }

    /** The tables of this policy for all hosts at a port. */
    String toml(int port) {
        String table = "[hosts.\"*:" + port + "\"";
        String text = table + "]\n" + host + table + ".retry]\n" + retry + table + ".retry.budget]\nenabled = false\n";
        if (retries()) {
            text += table + ".retry.policy]\nretryable_errors = [\"connection_timeout\", \"connection_refused\", "
                    + "\"connection_reset\", \"dns_resolution\", \"read_timeout\", \"premature_eof\"]\n";
        }
        return switch (this) {
            case NONE -> "";
            case HEDGE -> text + table + ".retry.hedge]\ndelay = \"4ms\"\n";
            case CACHE -> text + table + ".retry.fallback]\nstrategy = \"cache\"\ncache_status_codes = [200, 203]\n";
            default -> text;
        };
    }

    /** Returns whether calls may be sent again. */
    boolean retries() {
        return maxRetries() > 0;
    }

    /** Returns the number of retries that a call may have. */
    int maxRetries() {
        return switch (this) {
            case RETRY, BUFFER, TIMEOUT -> 3;
            case HEDGE -> 2;
            default -> 0;
        };
    }

    /** Returns whether a later attempt may start before an earlier one has ended. */
    boolean abandonsAttempts() {
        return this == HEDGE || this == TIMEOUT;
    }

    /** Returns whether the time that passes may decide what the program sees. */
    boolean timed() {
        return this == TIMEOUT;
    }

    private static final class Texts {
        static final String RETRYING =
                "max_retries = 3\ninitial_delay = \"1ms\"\nmax_delay = \"2ms\"\njitter = false\n";
    }
}

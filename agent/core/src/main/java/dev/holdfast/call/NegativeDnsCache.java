package dev.holdfast.call;

import java.security.Security;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The JVM's memory of failed name look-ups ({@code networkaddress.cache.negative.ttl}, 10 s by default): a name that
 * was not found is not looked up again before that time is over, so that a retry within it asks nobody. Read as
 * {@code InetAddress} reads it, with the first failed look-up, when that class has read it already.
 */
public final class NegativeDnsCache implements LongSupplier {
    /** The time for which the JVM remembers a failed look-up; see {@link #ttlNanos()}. */
    static final LongSupplier TTL = new NegativeDnsCache();

    /** The JVM never looks a failed name up again. */
    public static final long FOREVER = Long.MAX_VALUE;

    private NegativeDnsCache() {}

    @Override
    public long getAsLong() {
        return ttlNanos();
    }

    /** Returns the time for which the JVM remembers a failed look-up, in nanoseconds; 0: not at all. */
    public static long ttlNanos() {
        return Known.TTL_NANOS;
    }

    /**
     * The time that the two properties stand for.
     *
     * @param security the security property, which precedes; null or no number: not set
     * @param system the system property {@code sun.net.inetaddr.negative.ttl}; null: not set
     */
    static long ttlNanos(@Nullable String security, @Nullable Integer system) {
        Integer seconds = system;
        if (security != null) {
            try {
                seconds = Integer.valueOf(security.strip());
            } catch (NumberFormatException e) {
                // As if it were not set.
            }
        }
        if (seconds == null) {
            return 0;
        }
        return seconds < 0 ? FOREVER : TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Loaded with the first failed look-up. */
    private static final class Known {
        static final long TTL_NANOS = Privileges.withOwnPrivileges(() -> ttlNanos(
                Security.getProperty("networkaddress.cache.negative.ttl"),
                Integer.getInteger("sun.net.inetaddr.negative.ttl")));

        private Known() {}
    }
}

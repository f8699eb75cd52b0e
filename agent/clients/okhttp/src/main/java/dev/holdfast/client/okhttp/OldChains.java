package dev.holdfast.client.okhttp;

import java.util.ArrayList;
import java.util.List;
import okhttp3.Interceptor;
import org.jspecify.annotations.Nullable;

/**
 * The chains of versions before 3.4, which ask twice in a row for the list of interceptors: how many there are, and for
 * one of them. Both answers are the same, though the configuration may be another one in between.
 */
final class OldChains {
    private static final ThreadLocal<@Nullable Object> ASKING = new ThreadLocal<>();

    private OldChains() {}

    /** A chain has a policy: it asks for the first time, or for the second. */
    static void begin(Object chain) {
        if (ASKING.get() == chain) {
            ASKING.remove();
        } else {
            ASKING.set(chain);
        }
    }

    /** Returns whether a chain without a policy had one when it asked for the first time. */
    static boolean isBegun(Object chain) {
        return !(chain instanceof okhttp3.Call) && ASKING.get() == chain;
    }

    /** The list for a chain that has lost its policy: with one more that does nothing. */
    static List<?> end(List<?> interceptors) {
        ASKING.remove();
        List<Object> more = new ArrayList<>(interceptors);
        Interceptor none = chain -> chain.proceed(chain.request());
        more.add(none);
        return more;
    }
}

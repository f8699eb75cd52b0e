package dev.holdfast.client.okhttp;

import java.io.IOException;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The event listener of a call, in the versions that have such (3.11 and newer; this class is for the older ones, in
 * which there are no events). No class of others may name that of the library's listeners.
 */
class Events {
    static final Events INSTANCE = load();

    private static Events load() {
        try {
            // By its name alone: copies of the library without listeners would be unfit otherwise.
            return Class.forName("dev.holdfast.client.okhttp.ListenerEvents", true, Events.class.getClassLoader())
                    .asSubclass(Events.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            return new Events();
        }
    }

    /**
     * Makes what happens in an attempt's call known as part of the program's call.
     *
     * @param call the program's
     * @param listener the program's listener for it; null: nobody hears of it
     * @param end that of the attempt's call
     */
    void install(OkHttpClient.Builder attempt, Call call, @Nullable Object listener, CallEnd end) {}

    /** Returns whether the library says of a call that it has ended although it sent no request itself. */
    boolean endsCallsWithoutRequests() {
        return true;
    }

    /** The listener of a call; null: it has none, or it cannot be reached. */
    @Nullable
    Object listenerOf(Call call) {
        return null;
    }

    /**
     * A call has ended that the library does not end itself.
     *
     * @param listener the program's
     * @param failure what it ended in; null: a response
     */
    void ended(Object listener, Call call, @Nullable IOException failure) {}
}

package dev.holdfast.client.okhttp;

import java.io.IOException;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** The events of calls. Loaded by its name, only by copies of the library that have listeners. */
final class ListenerEvents extends Events {
    /** Up to 3.13 the end of a call is that of its stream. */
    private final boolean endsStreams = hasStreamAllocations();

    ListenerEvents() throws NoSuchMethodException {
        // Not public in the versions that were tried out first.
        Object unused = OkHttpClient.Builder.class.getMethod("eventListener", EventListener.class);
    }

    private static boolean hasStreamAllocations() {
        try {
            String name = Call.class.getPackageName() + ".internal.connection.StreamAllocation";
            Class<?> unused = Class.forName(name, false, Call.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    @Override
    void install(OkHttpClient.Builder attempt, Call call, @Nullable Object listener, CallEnd end) {
        OkHttpClient.Builder unused = attempt.eventListener(
                listener instanceof EventListener known ? new ForwardedEvents(known, call, end) : EventListener.NONE);
    }

    @Override
    boolean endsCallsWithoutRequests() {
        return !endsStreams;
    }

    @Override
    @Nullable
    Object listenerOf(Call call) {
        String type = EventListener.class.getName();
        Object listener = OptionalMethods.field(call, type);
        if (listener == null) {
            Object transmitter =
                    OptionalMethods.field(call, Call.class.getPackageName() + ".internal.connection.Transmitter");
            listener = OptionalMethods.field(transmitter, type);
        }
        return listener == EventListener.NONE ? null : listener;
    }

    @Override
    void ended(Object listener, Call call, @Nullable IOException failure) {
        EventListener known = (EventListener) listener;
        if (failure == null) {
            known.callEnd(call);
        } else {
            known.callFailed(call, failure);
        }
    }
}

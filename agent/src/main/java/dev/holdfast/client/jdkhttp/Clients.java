package dev.holdfast.client.jdkhttp;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/** What newer JDKs offer on {@code HttpClient}. */
final class Clients {
    private static final @Nullable MethodHandle IS_TERMINATED = find();

    private Clients() {}

    private static @Nullable MethodHandle find() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(HttpClient.class, "isTerminated", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return null; // before 21, where a client cannot be closed
        }
    }

    /** Whether the client was closed and has ended. */
    static boolean isTerminated(HttpClient client) {
        MethodHandle method = IS_TERMINATED;
        if (method == null) {
            return false;
        }
        try {
            return (boolean) method.invokeExact(client);
        } catch (Throwable e) {
            return false; // a subclass that throws tells us nothing
        }
    }
}

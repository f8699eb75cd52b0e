package dev.holdfast.client.okhttp;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * The methods that only newer versions of the library have. Looked up by their names, once for a copy of the library:
 * to call them as usual would make older copies unfit.
 */
final class OptionalMethods {
    private static final @Nullable MethodHandle TIMEOUT = find(Call.class, "timeout", okio.Timeout.class);

    private OptionalMethods() {}

    private static @Nullable MethodHandle find(Class<?> owner, String name, Class<?> result, Class<?>... parameters) {
        try {
            return MethodHandles.publicLookup().findVirtual(owner, name, MethodType.methodType(result, parameters));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** Those of bodies, which many calls have none of: a first call makes only the handles that it needs. */
    private static final class Bodies {
        static final @Nullable MethodHandle IS_ONE_SHOT = find(RequestBody.class, "isOneShot", boolean.class);
        static final @Nullable MethodHandle IS_DUPLEX = find(RequestBody.class, "isDuplex", boolean.class);

        private Bodies() {}
    }

    private static final class Parts {
        static final @Nullable MethodHandle BODY = find(MultipartBody.Part.class, "body", RequestBody.class);

        private Parts() {}
    }

    private static final class Chains {
        static final @Nullable MethodHandle CALL = find(Interceptor.Chain.class, "call", Call.class);

        private Chains() {}
    }

    private static final class Builders {
        static final @Nullable MethodHandle CALL_TIMEOUT =
                find(OkHttpClient.Builder.class, "callTimeout", OkHttpClient.Builder.class, long.class, TimeUnit.class);

        private Builders() {}
    }

    private static final class Dispatchers {
        static final @Nullable MethodHandle IDLE_CALLBACK = find(Dispatcher.class, "getIdleCallback", Runnable.class);

        private Dispatchers() {}
    }

    /** Returns whether a body can be written only once (from 3.14 on). */
    static boolean isOneShot(RequestBody body) {
        try {
            return Bodies.IS_ONE_SHOT != null && (boolean) Bodies.IS_ONE_SHOT.invokeExact(body);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Returns whether a body is written while the response is read (from 3.14 on). */
    static boolean isDuplex(RequestBody body) {
        try {
            return Bodies.IS_DUPLEX != null && (boolean) Bodies.IS_DUPLEX.invokeExact(body);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** The body of a part (in some later version than 3.0); null: it cannot be reached. */
    static @Nullable RequestBody bodyOf(MultipartBody.Part part) {
        try {
            return Parts.BODY == null ? null : (RequestBody) Parts.BODY.invokeExact(part);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** The program's call that a chain belongs to (from 3.9 on); null: a chain does not say. */
    static @Nullable Call callOf(Interceptor.Chain chain) {
        try {
            return Chains.CALL == null ? null : (Call) Chains.CALL.invokeExact(chain);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** The time that a whole call may take (from 3.12 on); 0: it has no limit. */
    static long callTimeoutNanos(Call call) {
        try {
            okio.Timeout limit = TIMEOUT == null ? null : (okio.Timeout) TIMEOUT.invokeExact(call);
            return limit == null ? 0 : limit.timeoutNanos();
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /**
     * Bounds the calls of a client.
     *
     * @param nanos 0: they take as long as they like
     */
    static void setCallTimeout(OkHttpClient.Builder builder, long nanos) {
        try {
            if (Builders.CALL_TIMEOUT != null) {
                OkHttpClient.Builder unused =
                        (OkHttpClient.Builder) Builders.CALL_TIMEOUT.invokeExact(builder, nanos, TimeUnit.NANOSECONDS);
            }
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** The callback that a dispatcher runs when it is idle (from 3.5 on; public from 4.0 on); null: it has none. */
    static @Nullable Runnable idleCallback(Dispatcher dispatcher) {
        try {
            return Dispatchers.IDLE_CALLBACK == null
                    ? (Runnable) field(dispatcher, Runnable.class.getName())
                    : (Runnable) Dispatchers.IDLE_CALLBACK.invokeExact(dispatcher);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException exception ? exception : new IllegalStateException(thrown);
    }

    /**
     * The value of a field of the library's own, of which there is one of its type in a class.
     *
     * @param type the name of the type's class
     * @return null: there is none, or it cannot be read
     */
    static @Nullable Object field(@Nullable Object of, String type) {
        if (of == null) {
            return null;
        }
        for (Field field : of.getClass().getDeclaredFields()) {
            if (field.getType().getName().equals(type)) {
                try {
                    field.setAccessible(true);
                    return field.get(of);
                } catch (IllegalAccessException | RuntimeException e) {
                    return null; // a module that opens nothing
                }
            }
        }
        return null;
    }
}

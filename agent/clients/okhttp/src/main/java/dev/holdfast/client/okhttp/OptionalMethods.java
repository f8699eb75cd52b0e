package dev.holdfast.client.okhttp;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Dispatcher;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * The methods that only newer versions of the library have. Looked up by their names, once for a copy of the library:
 * to call them as usual would make older copies unfit.
 */
final class OptionalMethods {
    private static final @Nullable MethodHandle IS_ONE_SHOT = find(RequestBody.class, "isOneShot");
    private static final @Nullable MethodHandle IS_DUPLEX = find(RequestBody.class, "isDuplex");
    private static final @Nullable MethodHandle TIMEOUT = find(Call.class, "timeout");
    private static final @Nullable MethodHandle CALL_TIMEOUT =
            find(OkHttpClient.Builder.class, "callTimeout", long.class, TimeUnit.class);

    private static final @Nullable MethodHandle IDLE_CALLBACK = find(Dispatcher.class, "getIdleCallback");
    private static final @Nullable MethodHandle PART_BODY = find(MultipartBody.Part.class, "body");

    private OptionalMethods() {}

    private static @Nullable MethodHandle find(Class<?> owner, String name, Class<?>... parameters) {
        try {
            return MethodHandles.publicLookup().unreflect(owner.getMethod(name, parameters));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /** Returns whether a body can be written only once (from 3.14 on). */
    static boolean isOneShot(RequestBody body) {
        return isTrue(IS_ONE_SHOT, body);
    }

    /** Returns whether a body is written while the response is read (from 3.14 on). */
    static boolean isDuplex(RequestBody body) {
        return isTrue(IS_DUPLEX, body);
    }

    private static boolean isTrue(@Nullable MethodHandle method, Object object) {
        return method != null && Boolean.TRUE.equals(invoke(method, object));
    }

    /** The body of a part (in some later version than 3.0); null: it cannot be reached. */
    static @Nullable RequestBody bodyOf(MultipartBody.Part part) {
        return PART_BODY != null && invoke(PART_BODY, part) instanceof RequestBody body ? body : null;
    }

    /** The time that a whole call may take (from 3.12 on); 0: it has no limit. */
    static long callTimeoutNanos(Call call) {
        Object timeout = TIMEOUT == null ? null : invoke(TIMEOUT, call);
        return timeout instanceof okio.Timeout limit ? limit.timeoutNanos() : 0;
    }

    /**
     * Bounds the calls of a client.
     *
     * @param nanos 0: they take as long as they like
     */
    static void setCallTimeout(OkHttpClient.Builder builder, long nanos) {
        if (CALL_TIMEOUT != null) {
            Object unused = invoke(CALL_TIMEOUT, builder, nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** The callback that a dispatcher runs when it is idle (from 3.5 on; public from 4.0 on); null: it has none. */
    static @Nullable Runnable idleCallback(Dispatcher dispatcher) {
        Object callback =
                IDLE_CALLBACK == null ? field(dispatcher, Runnable.class.getName()) : invoke(IDLE_CALLBACK, dispatcher);
        return callback instanceof Runnable found ? found : null;
    }

    private static @Nullable Object invoke(MethodHandle method, Object... arguments) {
        try {
            return method.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
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

package dev.holdfast.client.okhttp;

import dev.holdfast.call.ReplayMemory;
import dev.holdfast.policy.Mode;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.RetryPolicy;
import dev.holdfast.policy.RetryRule;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import okhttp3.FormBody;
import okhttp3.MultipartBody;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * The body of a call's request, and whether it can be sent again. What the library makes of bytes, texts, files and
 * forms is the same each time it is written. Anything else may be written once only, whatever it says, and is recorded
 * while the first attempt sends it.
 */
final class RequestContent {
    /**
     * True for a class of the library's whose objects write the same bytes each time. Those that hold another body or a
     * stream cannot be judged by their class.
     */
    private static final ClassValue<Boolean> PLAIN = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            if (type.getClassLoader() != RequestBody.class.getClassLoader()
                    || !type.getName().startsWith(RequestBody.class.getPackageName() + '.')) {
                return false;
            }
            for (Field field : type.getDeclaredFields()) {
                Class<?> held = field.getType();
                boolean isUnknown = RequestBody.class.isAssignableFrom(held)
                        || Source.class.isAssignableFrom(held)
                        || InputStream.class.isAssignableFrom(held)
                        || held == Object.class;
                if (isUnknown && !Modifier.isStatic(field.getModifiers())) {
                    return false;
                }
            }
            return true;
        }
    };

    private final Request request;
    /** Null: the request's own body is sent, which may be possible once only. */
    private final @Nullable RecordedBody recorded;

    private RequestContent(Request request, @Nullable RecordedBody recorded) {
        this.request = request;
        this.recorded = recorded;
    }

    /**
     * The body of a request that is sent under a policy; what is recorded of it is accounted for.
     *
     * @return null: the request can be sent as it is, as often as one likes
     */
    static @Nullable RequestContent of(Request request, Policy policy, ReplayMemory memory) {
        RequestBody body = request.body();
        if (body == null || isPlain(body)) {
            return null;
        }
        RetryPolicy rule = policy.retry();
        boolean once = !rule.enabled() || rule.maxRetries() == 0;
        boolean hasKey = request.header("Idempotency-Key") != null;
        if (policy.mode() != Mode.ENFORCE
                || (once && !policy.fallback().usesDegraded())
                || !RetryRule.mayResend(rule, request.method(), hasKey, true, false)) {
            return new RequestContent(request, null);
        }
        return new RequestContent(request, new RecordedBody(body, rule, memory));
    }

    private static boolean isPlain(RequestBody body) {
        if (body instanceof MultipartBody parts) {
            for (MultipartBody.Part part : parts.parts()) {
                RequestBody content = OptionalMethods.bodyOf(part);
                if (content == null || !isPlain(content)) {
                    return false;
                }
            }
            return true;
        }
        return body instanceof FormBody
                || (PLAIN.get(body.getClass()) && !OptionalMethods.isOneShot(body) && !OptionalMethods.isDuplex(body));
    }

    /** The request of an attempt: the program's own wherever nothing has to differ. */
    Request request() {
        return recorded == null
                ? request
                : request.newBuilder()
                        .method(request.method(), recorded.toSend())
                        .build();
    }

    /** Returns whether another attempt could send the same bytes, as far as is known now. */
    boolean isReplayable() {
        return recorded != null && recorded.isReplayable();
    }

    /** Returns whether another attempt could send the same bytes while one is at it. */
    boolean isRepeatableAtOnce() {
        return recorded != null && recorded.isWhole();
    }

    /** Drops the recording, as no further attempt needs the body. */
    void release() {
        if (recorded != null) {
            recorded.release();
        }
    }
}

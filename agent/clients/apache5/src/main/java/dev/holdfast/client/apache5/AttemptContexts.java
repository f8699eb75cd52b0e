package dev.holdfast.client.apache5;

import dev.holdfast.exchange.LibraryObjects;
import java.util.Map;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.protocol.BasicHttpContext;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of attempts that may be under way at a time, since the client writes to a context while it sends: each
 * has one of its own, with the settings of the program's; what the client has written to that of the attempt whose
 * result the program gets is written to the program's own. Only for a context that has nothing but settings and such
 * results: two attempts would share what else there is.
 */
final class AttemptContexts {
    private static final LibraryObjects OBJECTS = ClientParts.OBJECTS;
    private static final String TYPED = "client5.http.protocol.HttpClientContext";
    private static final String BASIC = "core5.http.protocol.BasicHttpContext";

    private final HttpContext original;
    private final Map<String, Object> settings;

    private AttemptContexts(HttpContext original, Map<String, Object> settings) {
        this.original = original;
        this.settings = settings;
    }

    /**
     * The contexts of a call.
     *
     * @param context the program's own
     * @return null: they would share more than settings
     */
    static @Nullable AttemptContexts of(HttpContext context) {
        try {
            String type = OBJECTS.nameOf(context);
            Map<String, Object> settings =
                    type.equals(TYPED) || type.equals(BASIC) ? ContextSettings.shared(context) : null;
            return settings == null
                            || inner(context).getClass() != inner(made(context)).getClass()
                    ? null
                    : new AttemptContexts(context, settings);
        } catch (NoSuchFieldException e) {
            return null;
        }
    }

    /** A context for one attempt. */
    HttpContext create() {
        HttpContext made = made(original);
        if (made instanceof HttpClientContext typed) {
            ContextSettings.set(typed, settings);
        } else {
            settings.forEach(made::setAttribute);
        }
        made.setProtocolVersion(original.getProtocolVersion());
        return made;
    }

    @SuppressWarnings("deprecation") // what programs of all versions have
    private static HttpContext made(HttpContext like) {
        return like instanceof HttpClientContext ? HttpClientContext.create() : new BasicHttpContext();
    }

    /** Writes to the program's context what the client has written to an attempt's. */
    void writeBack(HttpContext used) {
        try {
            OBJECTS.copyFields(inner(used), inner(original));
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The context that has the attributes: before 5.4 a typed one is a front of another. */
    private static Object inner(HttpContext context) throws NoSuchFieldException {
        Object inner = OBJECTS.hasField(context, "context") ? OBJECTS.field(context, "context") : null;
        return inner == null ? context : inner;
    }
}

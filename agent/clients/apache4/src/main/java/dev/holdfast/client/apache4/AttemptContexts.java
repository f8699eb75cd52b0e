package dev.holdfast.client.apache4;

import dev.holdfast.exchange.LibraryObjects;
import java.util.Map;
import java.util.Set;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of attempts that may be under way at a time, since the client writes to a context while it sends: each
 * has one of its own, with the settings of the program's; what the client has written to that of the attempt whose
 * result the program gets is written to the program's own. Only for a context that has nothing but settings and such
 * results: two attempts would share what else there is.
 */
final class AttemptContexts {
    private static final LibraryObjects OBJECTS = ClientParts.OBJECTS;
    private static final String TYPED = "client.protocol.HttpClientContext";
    private static final Set<String> PLAIN = Set.of("protocol.BasicHttpContext", "protocol.SyncBasicHttpContext");

    private final HttpContext original;
    private final boolean isTyped;
    private final Map<String, Object> settings;

    private AttemptContexts(HttpContext original, boolean isTyped, Map<String, Object> settings) {
        this.original = original;
        this.isTyped = isTyped;
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
            boolean isTyped = type.equals(TYPED);
            Map<String, Object> settings = isTyped || PLAIN.contains(type) ? ContextSettings.shared(context) : null;
            // Before 4.4 such a cache is not made for two threads.
            return settings == null || settings.containsKey(ContextSettings.AUTH_CACHE)
                    ? null
                    : new AttemptContexts(context, isTyped, settings);
        } catch (NoSuchFieldException e) {
            return null;
        }
    }

    /** A context for one attempt. */
    HttpContext create() {
        HttpContext made = new BasicHttpContext();
        settings.forEach(made::setAttribute);
        return isTyped ? OptionalParts.typed(made) : made;
    }

    /** Writes to the program's context what the client has written to an attempt's. */
    void writeBack(HttpContext used) {
        try {
            Object inner = isTyped ? OBJECTS.field(used, "context") : used;
            if (inner != null && OBJECTS.field(inner, "map") instanceof Map<?, ?> results) {
                for (String earlier : ContextSettings.RESULTS) {
                    Object unused = results.containsKey(earlier) ? null : original.removeAttribute(earlier);
                }
                results.forEach((name, value) -> original.setAttribute(String.valueOf(name), value));
            }
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }
}

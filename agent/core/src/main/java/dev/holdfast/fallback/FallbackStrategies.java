package dev.holdfast.fallback;

import dev.holdfast.call.Privileges;
import dev.holdfast.fleet.StoreClient;
import dev.holdfast.fleet.StoreStats;
import dev.holdfast.policy.FallbackPolicy;
import java.lang.ref.WeakReference;
import java.net.ProxySelector;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The fallback strategies of a JVM, with what they keep. Outlives a configuration. Thread-safe. */
public final class FallbackStrategies {
    private final BiConsumer<String, @Nullable Throwable> reports;
    private final IdentityKeys identityKeys = new IdentityKeys();
    private volatile boolean authenticated;
    /** The JVM's proxy selector when it was first asked for; refers to null where it had none. */
    private volatile @Nullable WeakReference<@Nullable ProxySelector> firstSelector;

    private volatile boolean selectorChanged;
    private volatile @Nullable KeyStoreFile keyStore;
    private volatile @Nullable CachedResponses cached;

    /**
     * Keeps nothing yet, and has loaded nothing.
     *
     * @param reports receives failures outside of calls, each with its cause
     */
    public FallbackStrategies(BiConsumer<String, @Nullable Throwable> reports) {
        this.reports = reports;
    }

    /**
     * Begins to ask the strategies.
     *
     * @param policy which, and their rules
     * @param request what the application asked for
     */
    public FallbackChain chain(FallbackPolicy policy, FallbackRequest request) {
        return new FallbackChain(this, policy, request);
    }

    /**
     * Hears of the response to a GET or HEAD: begins to record it for the strategy {@code cache}, or does with what is
     * stored what the response asks for.
     *
     * @param policy one that has the strategy
     * @param request what the application asked for
     * @param status the answer's status
     * @param headers its headers
     * @return to be confirmed once it is known to be no other URL's; null: there is nothing to do
     */
    public @Nullable ResponseRecording record(
            FallbackPolicy policy, FallbackRequest request, int status, Map<String, List<String>> headers) {
        return cached().record(request, status, headers, policy.cache());
    }

    /**
     * Hears of the answer to a request that is neither a GET nor a HEAD: it may outdate what is kept.
     *
     * @param policy one that has the strategy {@code cache}
     * @param request what the application asked for
     * @param status the answer's status
     */
    public void invalidate(FallbackPolicy policy, FallbackRequest request, int status) {
        cached().invalidate(request, status, policy.cache());
    }

    /**
     * A text for an object that decides what a client puts on the wire, such as a TLS context with its certificates:
     * the same for the same object, and for no other in this JVM.
     */
    public String nameOf(Object object) {
        return identityKeys.of(object);
    }

    /**
     * The client certificates that the JVM shows where nobody chose others. Found out once, as the JVM reads them once.
     * Another one for another content, so that a response from the disk is not given to who came with new ones.
     */
    KeyStoreFile keyStore() {
        KeyStoreFile known = keyStore;
        if (known == null) {
            known = Privileges.withOwnPrivileges(KeyStoreFile::ofJvm);
            keyStore = known;
        }
        return known;
    }

    /**
     * Notes the JVM's proxy selector, null: it has none.
     *
     * @return false: it had another one before, so that a client that took its default when it was made may have either
     */
    boolean isOnlySelector(@Nullable ProxySelector now) {
        WeakReference<@Nullable ProxySelector> first = firstSelector;
        if (first == null) {
            firstSelector = new WeakReference<>(now);
        } else if (first.get() != now) {
            selectorChanged = true;
        }
        return !selectorChanged;
    }

    /** The JVM has an authenticator: from now on {@code HttpURLConnection} may send what that once gave. */
    public void setAuthenticated() {
        authenticated = true;
    }

    /** Returns whether the JVM ever had an authenticator: its client sends what that gave for as long as it runs. */
    public boolean isAuthenticated() {
        return authenticated;
    }

    /**
     * Keeps what the strategy {@code cache} stores in a store of several JVMs too, and looks there for what this one
     * does not have.
     *
     * @param client the way to the store, whose settings have a key; null: it is no longer used
     */
    public void share(@Nullable StoreClient client) {
        cached().share(client == null ? null : new SharedResponses(client));
    }

    /** Returns the figures of the shared store, null: responses are not shared. */
    public @Nullable StoreStats storeFigures() {
        CachedResponses current = cached;
        return current == null ? null : current.storeFigures();
    }

    /** Returns the statistics of the strategy {@code cache}. */
    public CacheStats cacheFigures() {
        CachedResponses current = cached;
        return current == null ? CacheStats.NONE : current.figures();
    }

    CachedResponses cached() {
        CachedResponses current = cached;
        if (current == null) {
            synchronized (this) {
                current = cached;
                if (current == null) {
                    current = new CachedResponses(System::currentTimeMillis, reports);
                    cached = current;
                }
            }
        }
        return current;
    }
}

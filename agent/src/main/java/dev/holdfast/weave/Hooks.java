package dev.holdfast.weave;

import org.jspecify.annotations.Nullable;

/**
 * The client adapters, made when the first woven method of their client runs. May wait, bounded, until the
 * configuration is there. Never throws.
 */
public interface Hooks {
    /** The adapter for {@code java.net.http}; null: none this time, run the original. */
    @Nullable
    HttpClientHook httpClient();

    /** The adapter for {@code HttpURLConnection}; null: none this time, keep the original. */
    @Nullable
    UrlConnectionHook urlConnection();
}

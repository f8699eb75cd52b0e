package dev.holdfast.client.jdkhttp;

import java.lang.ref.WeakReference;
import java.net.http.HttpClient;

/**
 * Gives a weak reference to a client, the same one to calls that follow each other on it, as nearly all do: a reference
 * of its own would be 32 bytes for each call.
 */
final class ClientReference {
    /** Read and written without order: another thread's older one is only not used again. */
    private static WeakReference<HttpClient> latest = new WeakReference<>(null);

    private ClientReference() {}

    /** The reference to a client. Nobody clears it but the collector. */
    static WeakReference<HttpClient> to(HttpClient client) {
        WeakReference<HttpClient> known = latest;
        if (known.refersTo(client)) {
            return known;
        }
        WeakReference<HttpClient> made = new WeakReference<>(client);
        latest = made;
        return made;
    }
}

package dev.holdfast.client.okhttp;

import dev.holdfast.fallback.AlternateOrigin;
import dev.holdfast.fallback.FallbackCandidate;
import okhttp3.Headers;
import okhttp3.Request;

/** Makes the request to an alternate origin. */
final class AlternateOriginRequests {
    private AlternateOriginRequests() {}

    /** The program's request at the other place, with the headers that go along. */
    static Request of(Request request, FallbackCandidate.AlternateOriginRequest offer) {
        Headers headers = request.headers();
        Headers.Builder kept = new Headers.Builder();
        for (int i = 0; i < headers.size(); i++) {
            if (AlternateOrigin.goesAlong(headers.name(i), offer.policy())) {
                kept.add(headers.name(i), headers.value(i));
            }
        }
        // Not from the program's: its tags may mean something to interceptors.
        return new Request.Builder()
                .url(offer.uri().toString())
                .headers(kept.build())
                .method(request.method(), request.body())
                .build();
    }
}

package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Makes calls of OkHttp in the tests that hold for it alone. */
final class OkHttpProbe {
    private OkHttpProbe() {}

    /** A request for the root of a server. */
    static Request get(ScriptedServer server) {
        return new Request.Builder().url(server.uri("/").toString()).build();
    }

    /** Makes a call, and says what it got. */
    static String call(OkHttpClient client, Request request, boolean enqueued) throws Exception {
        Call call = client.newCall(request);
        if (!enqueued) {
            return seen(call.execute());
        }
        Got got = new Got();
        call.enqueue(got);
        String result = got.result();
        assertThat(got.of).isSameAs(call);
        return result;
    }

    /** Reads a response to its end. */
    static String seen(Response response) throws IOException {
        try (response) {
            return response.code() + " " + response.body().string();
        }
    }

    /** A callback that counts. */
    static class Got implements Callback {
        private final CompletableFuture<String> result = new CompletableFuture<>();
        final AtomicInteger calls = new AtomicInteger();
        volatile Call of;

        String result() throws Exception {
            return result.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void onFailure(Call call, IOException e) {
            of = call;
            calls.incrementAndGet();
            result.completeExceptionally(e);
        }

        @Override
        public void onResponse(Call call, Response response) throws IOException {
            of = call;
            calls.incrementAndGet();
            try {
                result.complete(seen(response));
            } catch (IOException e) {
                result.completeExceptionally(e);
            }
        }
    }

    /** Sends the same cookie to all. */
    static final class OneCookie implements CookieJar {
        @Override
        public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {}

        @Override
        public List<Cookie> loadForRequest(HttpUrl url) {
            return List.of(new Cookie.Builder()
                    .name("secret")
                    .value("1")
                    .domain(url.host())
                    .build());
        }
    }
}

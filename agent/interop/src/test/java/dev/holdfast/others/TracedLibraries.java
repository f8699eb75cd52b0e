package dev.holdfast.others;

import io.opentelemetry.api.trace.Span;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;

/** The calls of {@link TracedProgram} with the libraries that programs bring along; gives the status of each. */
final class TracedLibraries {
    private static final OkHttpClient OKHTTP = new OkHttpClient.Builder()
            .dispatcher(new Dispatcher(Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task);
                thread.setDaemon(true); // the library's own keep the program for a minute
                return thread;
            })))
            .build();
    private static final CloseableHttpClient APACHE5 = HttpClients.createDefault();
    private static final org.apache.http.impl.client.CloseableHttpClient APACHE4 =
            org.apache.http.impl.client.HttpClients.createDefault();

    private TracedLibraries() {}

    static String call(String style, URI uri) throws Exception {
        return switch (style) {
            case "okhttp" -> {
                try (Response response = okHttp(uri).execute()) {
                    yield "" + response.code();
                }
            }
            case "okhttpAsync" -> enqueued(uri).get();
            case "apache5" -> APACHE5.execute(new HttpGet(uri), response -> "" + response.getCode());
            case "apache4" -> {
                try (var response = APACHE4.execute(new org.apache.http.client.methods.HttpGet(uri))) {
                    yield "" + response.getStatusLine().getStatusCode();
                }
            }
            default -> throw new IllegalArgumentException(style);
        };
    }

    /** Gives also what the program's own callback finds as the current span. */
    private static CompletableFuture<String> enqueued(URI uri) {
        CompletableFuture<String> result = new CompletableFuture<>();
        okHttp(uri).enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException failure) {
                result.completeExceptionally(failure);
            }

            @Override
            public void onResponse(Call call, Response response) {
                try (response) {
                    result.complete(response.code() + " then "
                            + Span.current().getSpanContext().getSpanId());
                }
            }
        });
        return result;
    }

    private static Call okHttp(URI uri) {
        return OKHTTP.newCall(new Request.Builder().url(uri.toString()).build());
    }
}

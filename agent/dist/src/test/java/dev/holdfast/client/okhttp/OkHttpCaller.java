package dev.holdfast.client.okhttp;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;

/**
 * An application of one copy of OkHttp: makes the call that it is told to, and says what it got. Uses what all versions
 * have.
 */
public final class OkHttpCaller implements UnaryOperator<String> {
    private static final byte[] BODY = "body".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    private final OkHttpClient client = new OkHttpClient.Builder()
            .connectTimeout(10, TimeUnit.SECONDS)
            .readTimeout(10, TimeUnit.SECONDS)
            .build();

    /** Makes a call: {@code execute URL}, {@code enqueue URL}, or {@code put URL}. */
    @Override
    public String apply(String order) {
        String[] parts = order.split(" ", -1);
        Request.Builder request = new Request.Builder().url(parts[1]);
        try {
            return switch (parts[0]) {
                case "execute" -> seen(client.newCall(request.build()).execute());
                case "enqueue" -> seen(enqueued(client.newCall(request.build())));
                case "put" ->
                    seen(client.newCall(request.put(new StreamedBody()).build()).execute());
                default -> throw new IllegalArgumentException(order);
            };
        } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
            return e.toString();
        }
    }

    private static Response enqueued(Call call) throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Response> got = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                got.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call answered, Response response) {
                got.complete(response);
            }
        });
        return got.get(20, TimeUnit.SECONDS);
    }

    private static String seen(Response response) throws IOException {
        try (okhttp3.ResponseBody body = response.body()) {
            return response.code() + " " + body.string();
        }
    }

    /** A body of the application's own, which it can write once only. */
    private static final class StreamedBody extends RequestBody {
        private boolean written;

        @Override
        public MediaType contentType() {
            return MediaType.parse("text/plain");
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            if (written) {
                throw new IOException("written twice");
            }
            written = true;
            BufferedSink unused = sink.write(BODY);
        }
    }
}

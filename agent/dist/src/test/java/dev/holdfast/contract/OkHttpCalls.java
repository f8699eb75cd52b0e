package dev.holdfast.contract;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** The calls of programs that use OkHttp. Nothing here knows of Holdfast. */
final class OkHttpCalls implements LibraryCalls {
    private static final Map<String, OkHttpClient> CLIENTS = new ConcurrentHashMap<>();

    private final boolean enqueued;
    private final Function<byte[], RequestBody> body;

    private OkHttpCalls(boolean enqueued, Function<byte[], RequestBody> body) {
        this.enqueued = enqueued;
        this.body = body;
    }

    /** {@code execute}, with a body in memory. */
    static LibraryCalls buffered() {
        return new OkHttpCalls(false, bytes -> RequestBody.create(null, bytes));
    }

    /** {@code execute}, with a file. */
    static LibraryCalls file() {
        return new OkHttpCalls(false, bytes -> {
            try {
                Path file = Files.createTempFile("holdfast", ".body");
                file.toFile().deleteOnExit();
                Files.write(file, bytes);
                return RequestBody.create(null, file.toFile());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** {@code enqueue}, with a body that the program writes, as often as it is asked to; without a length. */
    static LibraryCalls enqueuedWritten() {
        return new OkHttpCalls(true, WrittenBody::new);
    }

    /** {@code enqueue}, with a stream that can be read once; without a length. */
    static LibraryCalls enqueuedOneShot() {
        return new OkHttpCalls(true, bytes -> new OneShotBody(new ByteArrayInputStream(bytes)));
    }

    @Override
    public CallResult exchange(Call call, @Nullable SSLContext trust, long start, Consumer<Runnable> cancel)
            throws IOException {
        okhttp3.Call made = client(call, trust).newCall(request(call));
        cancel.accept(made::cancel);
        return enqueued ? enqueued(made, start) : seen(made.execute(), start);
    }

    private static CallResult enqueued(okhttp3.Call call, long start) throws IOException {
        CompletableFuture<CallResult> result = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(okhttp3.Call failed, IOException e) {
                result.completeExceptionally(e);
            }

            @Override
            public void onResponse(okhttp3.Call answered, Response response) {
                try {
                    result.complete(seen(response, start));
                } catch (IOException e) {
                    result.completeExceptionally(e);
                }
            }
        });
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw (IOException) e.getCause();
        } catch (InterruptedException e) {
            call.cancel();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static CallResult seen(Response response, long start) throws IOException {
        try (response) {
            return CallResult.response(
                    response.code(),
                    response.headers().toMultimap(),
                    response.body().bytes(),
                    start);
        }
    }

    private Request request(Call call) {
        Request.Builder request = new Request.Builder().url(call.uri().toString());
        call.headers().forEach(request::header);
        byte[] bytes = call.body();
        boolean needsBody =
                bytes == null && (call.method().equals("POST") || call.method().equals("PUT"));
        return request.method(
                        call.method(),
                        bytes != null || needsBody ? body.apply(bytes == null ? new byte[0] : bytes) : null)
                .build();
    }

    /** A client as this call needs it; one for each set of options. */
    private static OkHttpClient client(Call call, @Nullable SSLContext trust) {
        String key = call.connectTimeout() + " " + call.readTimeout() + " " + call.followRedirects() + " "
                + System.identityHashCode(trust) + " " + System.identityHashCode(ProxySelector.getDefault());
        return CLIENTS.computeIfAbsent(key, unknown -> made(call, trust));
    }

    private static OkHttpClient made(Call call, @Nullable SSLContext trust) {
        Dispatcher dispatcher = new Dispatcher();
        dispatcher.setMaxRequests(1000);
        dispatcher.setMaxRequestsPerHost(200);
        OkHttpClient.Builder client = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectTimeout(call.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .readTimeout(call.readTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .retryOnConnectionFailure(false) // it sends a request again that a policy does not
                .followRedirects(call.followRedirects());
        if (trust != null) {
            client.sslSocketFactory(trust.getSocketFactory(), new Unasked());
        }
        return client.build();
    }

    private static class WrittenBody extends RequestBody {
        private final byte[] bytes;

        WrittenBody(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public @Nullable MediaType contentType() {
            return null;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            // In pieces, as a program writes it.
            for (int at = 0; at < bytes.length; at += 512) {
                sink.write(bytes, at, Math.min(512, bytes.length - at));
                sink.emit();
            }
        }
    }

    private static final class OneShotBody extends RequestBody {
        private final InputStream stream;

        OneShotBody(InputStream stream) {
            this.stream = stream;
        }

        @Override
        public @Nullable MediaType contentType() {
            return null;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            byte[] piece = new byte[512];
            for (int n = stream.read(piece); n >= 0; n = stream.read(piece)) {
                sink.write(piece, 0, n);
                sink.emit();
            }
        }
    }

    /** The library asks it for nothing but pinned certificates: it is the socket factory that trusts. */
    private static final class Unasked implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

package dev.holdfast.contract;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.FileEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** The calls of programs that use Apache HttpClient 5, classic. Nothing here knows of Holdfast. */
final class Apache5Calls implements LibraryCalls {
    private static final Map<String, CloseableHttpClient> CLIENTS = new ConcurrentHashMap<>();

    private final Function<byte[], HttpEntity> entity;

    private Apache5Calls(Function<byte[], HttpEntity> entity) {
        this.entity = entity;
    }

    /** A body in memory. */
    static LibraryCalls buffered() {
        return new Apache5Calls(bytes -> new ByteArrayEntity(bytes, null));
    }

    /** A body that the program writes, as often as it is asked to; without a length. */
    static LibraryCalls written() {
        return new Apache5Calls(WrittenEntity::new);
    }

    /** A stream that can be read once; without a length. */
    static LibraryCalls oneShot() {
        return new Apache5Calls(bytes -> new InputStreamEntity(new ByteArrayInputStream(bytes), null));
    }

    /** A file. */
    static LibraryCalls file() {
        return new Apache5Calls(bytes -> {
            try {
                Path file = Files.createTempFile("holdfast", ".body");
                file.toFile().deleteOnExit();
                Files.write(file, bytes);
                return new FileEntity(file.toFile(), null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public CallResult exchange(Call call, @Nullable SSLContext trust, long start, Consumer<Runnable> cancel)
            throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(call.method(), call.uri());
        call.headers().forEach(request::setHeader);
        byte[] body = call.body();
        if (body != null) {
            request.setEntity(entity.apply(body));
        }
        cancel.accept(request::abort);
        return client(call, trust).execute(request, response -> seen(response, start));
    }

    private static CallResult seen(ClassicHttpResponse response, long start) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : response.getHeaders()) {
            headers.computeIfAbsent(header.getName(), name -> new ArrayList<>()).add(header.getValue());
        }
        HttpEntity entity = response.getEntity();
        byte[] body = entity == null ? new byte[0] : entity.getContent().readAllBytes();
        return CallResult.response(response.getCode(), headers, body, start);
    }

    /** A client as this call needs it; one for each set of options. */
    private static CloseableHttpClient client(Call call, @Nullable SSLContext trust) {
        String key = call.connectTimeout() + " " + call.readTimeout() + " " + call.followRedirects() + " "
                + System.identityHashCode(trust) + " " + System.identityHashCode(ProxySelector.getDefault());
        return CLIENTS.computeIfAbsent(key, unknown -> made(call, trust));
    }

    private static CloseableHttpClient made(Call call, @Nullable SSLContext trust) {
        long connect = call.connectTimeout().toMillis();
        long read = call.readTimeout().toMillis();
        ConnectionConfig.Builder connection = ConnectionConfig.custom();
        if (connect > 0) {
            connection.setConnectTimeout(connect, TimeUnit.MILLISECONDS);
        }
        RequestConfig.Builder request = RequestConfig.custom();
        if (read > 0) {
            request.setResponseTimeout(Timeout.ofMilliseconds(read));
        }
        PoolingHttpClientConnectionManagerBuilder connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(200)
                .setMaxConnTotal(1000)
                .setDefaultConnectionConfig(connection.build());
        if (trust != null) {
            connections.setTlsSocketStrategy(new DefaultClientTlsStrategy(trust));
        }
        HttpClientBuilder client = HttpClients.custom()
                .setConnectionManager(connections.build())
                .setRoutePlanner(new SystemDefaultRoutePlanner(ProxySelector.getDefault()))
                .setDefaultRequestConfig(request.build());
        client.disableAutomaticRetries(); // OwnRetriesContract has clients with them
        if (!call.followRedirects()) {
            client.disableRedirectHandling();
        }
        return client.build();
    }

    private static final class WrittenEntity extends AbstractHttpEntity {
        private final byte[] bytes;

        WrittenEntity(byte[] bytes) {
            super((String) null, null, true);
            this.bytes = bytes;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            for (int from = 0; from < bytes.length; from += 1000) {
                out.write(bytes, from, Math.min(1000, bytes.length - from));
            }
        }

        @Override
        public ByteArrayInputStream getContent() {
            throw new UnsupportedOperationException(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public boolean isStreaming() {
            return false;
        }

        @Override
        public boolean isRepeatable() {
            return true;
        }

        @Override
        public long getContentLength() {
            return -1;
        }

        @Override
        public void close() {}
    }
}

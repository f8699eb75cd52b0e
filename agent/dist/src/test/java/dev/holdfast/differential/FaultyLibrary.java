package dev.holdfast.differential;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpUriRequest;
import org.apache.http.client.methods.RequestBuilder;
import org.jspecify.annotations.Nullable;

/** A library that programs bring along, in one way to call with it. */
enum FaultyLibrary {
    OKHTTP_EXECUTE {
        @Override
        Client client(boolean retrying) {
            return new OkHttp(retrying, false);
        }
    },
    OKHTTP_ENQUEUE {
        @Override
        Client client(boolean retrying) {
            return new OkHttp(retrying, true);
        }
    },
    APACHE5 {
        @Override
        Client client(boolean retrying) {
            return new Apache5(retrying);
        }

        @Override
        boolean hasLeases() {
            return true;
        }
    },
    APACHE4 {
        @Override
        Client client(boolean retrying) {
            return new Apache4(retrying);
        }

        @Override
        boolean hasLeases() {
            return true;
        }
    };

    private static final byte[] BODY = "precious".getBytes(StandardCharsets.US_ASCII);
    private static final int LEASE_MILLIS = 50;

    /** The time that a call waits for a byte: brief where none comes, but not where the call is given up. */
    private static int readMillis(URI uri) {
        return uri.getPath().equals("/silent") ? 150 : 20_000;
    }

    /** A client of the library's. */
    interface Client extends AutoCloseable {
        /** Makes a call, reads the response to its end, and describes it. */
        String call(String method, URI uri) throws Exception;

        /** Makes a call whose connection is leased until it is closed. */
        AutoCloseable lease(URI uri) throws IOException;

        /** Gives up the latest call. */
        void abort();

        /** The connections that its pool has. */
        String pool();

        @Override
        void close() throws Exception;
    }

    /**
     * Makes a client with one connection to an origin.
     *
     * @param retrying whether the library may send a request again by itself
     */
    abstract Client client(boolean retrying);

    /** Returns whether a call waits for a connection. */
    boolean hasLeases() {
        return false;
    }

    private static final class OkHttp implements Client {
        private final OkHttpClient client;
        private final boolean enqueued;
        private volatile @Nullable Call latest;

        OkHttp(boolean retrying, boolean enqueued) {
            this.client = new OkHttpClient.Builder()
                    .retryOnConnectionFailure(retrying)
                    .build();
            this.enqueued = enqueued;
        }

        @Override
        public String call(String method, URI uri) throws Exception {
            RequestBody body = method.equals("GET") ? null : RequestBody.create(BODY, MediaType.get("text/plain"));
            Call call = client.newBuilder()
                    .readTimeout(Duration.ofMillis(readMillis(uri)))
                    .build()
                    .newCall(new Request.Builder()
                            .url(uri.toString())
                            .method(method, body)
                            .build());
            latest = call;
            if (!enqueued) {
                try (Response response = call.execute()) {
                    return text(response);
                } catch (IOException e) {
                    return failed(e);
                }
            }
            CompletableFuture<String> result = new CompletableFuture<>();
            call.enqueue(new Callback() {
                @Override
                public void onFailure(Call failed, IOException failure) {
                    result.complete(failed(failure));
                }

                @Override
                public void onResponse(Call answered, Response response) {
                    try (response) {
                        result.complete(text(response));
                    } catch (IOException e) {
                        result.complete(failed(e));
                    }
                }
            });
            return result.get();
        }

        private static String failed(IOException e) {
            return OkHttpCaller.withoutRaces(Transcript.described(e));
        }

        private static String text(Response response) throws IOException {
            return response + " " + response.priorResponse() + " "
                    + response.body().string();
        }

        @Override
        public AutoCloseable lease(URI uri) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void abort() {
            latest.cancel();
        }

        @Override
        public String pool() {
            return client.connectionPool().connectionCount() + " "
                    + client.connectionPool().idleConnectionCount();
        }

        @Override
        public void close() throws InterruptedException {
            client.dispatcher().executorService().shutdown();
            client.dispatcher().executorService().awaitTermination(20, TimeUnit.SECONDS);
            client.connectionPool().evictAll();
        }
    }

    private static final class Apache5 implements Client {
        private final PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(1)
                .build();
        private final org.apache.hc.client5.http.impl.classic.CloseableHttpClient client;
        private volatile @Nullable HttpUriRequestBase latest;

        Apache5(boolean retrying) {
            var builder = org.apache.hc.client5.http.impl.classic.HttpClients.custom()
                    .setConnectionManager(pool)
                    .setRetryStrategy(new DefaultHttpRequestRetryStrategy(1, TimeValue.ofMilliseconds(1)));
            if (!retrying) {
                builder.disableAutomaticRetries();
            }
            this.client = builder.build();
        }

        private HttpUriRequestBase request(String method, URI uri) {
            HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
            if (!method.equals("GET")) {
                request.setEntity(new org.apache.hc.core5.http.io.entity.ByteArrayEntity(BODY, ContentType.TEXT_PLAIN));
            }
            request.setConfig(org.apache.hc.client5.http.config.RequestConfig.custom()
                    .setResponseTimeout(Timeout.ofMilliseconds(readMillis(uri)))
                    .setConnectionRequestTimeout(Timeout.ofMilliseconds(LEASE_MILLIS))
                    .build());
            latest = request;
            return request;
        }

        @Override
        public String call(String method, URI uri) throws IOException {
            return client.execute(
                    request(method, uri),
                    response -> response.getCode() + " " + response.getReasonPhrase() + " "
                            + EntityUtils.toString(response.getEntity()));
        }

        @Override
        public AutoCloseable lease(URI uri) throws IOException {
            return client.executeOpen(null, request("GET", uri), null);
        }

        @Override
        public void abort() {
            latest.abort();
        }

        @Override
        public String pool() {
            return pool.getTotalStats().toString();
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    private static final class Apache4 implements Client {
        private final org.apache.http.impl.conn.PoolingHttpClientConnectionManager pool =
                new org.apache.http.impl.conn.PoolingHttpClientConnectionManager();
        private final org.apache.http.impl.client.CloseableHttpClient client;
        private volatile @Nullable HttpUriRequest latest;

        Apache4(boolean retrying) {
            pool.setDefaultMaxPerRoute(1);
            var builder = org.apache.http.impl.client.HttpClients.custom().setConnectionManager(pool);
            if (!retrying) {
                builder.disableAutomaticRetries();
            }
            this.client = builder.build();
        }

        private HttpUriRequest request(String method, URI uri) {
            RequestBuilder request = RequestBuilder.create(method)
                    .setUri(uri)
                    .setConfig(org.apache.http.client.config.RequestConfig.custom()
                            .setSocketTimeout(readMillis(uri))
                            .setConnectionRequestTimeout(LEASE_MILLIS)
                            .build());
            if (!method.equals("GET")) {
                request.setEntity(new org.apache.http.entity.ByteArrayEntity(BODY));
            }
            HttpUriRequest built = request.build();
            latest = built;
            return built;
        }

        @Override
        public String call(String method, URI uri) throws IOException {
            try (CloseableHttpResponse response = client.execute(request(method, uri))) {
                return response.getStatusLine() + " " + org.apache.http.util.EntityUtils.toString(response.getEntity());
            }
        }

        @Override
        public AutoCloseable lease(URI uri) throws IOException {
            return client.execute(request("GET", uri));
        }

        @Override
        public void abort() {
            latest.abort();
        }

        @Override
        public String pool() {
            return pool.getTotalStats().toString();
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }
}

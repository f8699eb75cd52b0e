package dev.holdfast.leak;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.http.client.methods.HttpRequestBase;
import org.jspecify.annotations.Nullable;

/** The ways in which programs call with the libraries that they bring along, and what their pools hold. */
enum LibraryCaller {
    OKHTTP_EXECUTE {
        private final OkHttpClient client = okHttp();

        @Override
        int call(URI uri, boolean withBody, AtomicReference<@Nullable Runnable> cancel) throws IOException {
            Call call = client.newCall(request(uri, withBody));
            cancel.set(call::cancel);
            try (Response response = call.execute()) {
                return status(response);
            }
        }

        @Override
        int busy() {
            return inUse(client);
        }
    },
    OKHTTP_ENQUEUE {
        private final OkHttpClient client = okHttp();

        @Override
        int call(URI uri, boolean withBody, AtomicReference<@Nullable Runnable> cancel) throws IOException {
            Call call = client.newCall(request(uri, withBody));
            cancel.set(call::cancel);
            CompletableFuture<Integer> status = new CompletableFuture<>();
            call.enqueue(new Callback() {
                @Override
                public void onFailure(Call failed, IOException failure) {
                    status.completeExceptionally(failure);
                }

                @Override
                public void onResponse(Call answered, Response response) throws IOException {
                    try (response) {
                        status.complete(status(response));
                    }
                }
            });
            try {
                return status.join();
            } catch (CompletionException e) {
                throw new IOException(e.getCause());
            }
        }

        @Override
        int busy() {
            return inUse(client);
        }
    },
    APACHE5 {
        private final PoolingHttpClientConnectionManager pool = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(AT_MOST)
                .setMaxConnTotal(10 * AT_MOST)
                .build();
        private final org.apache.hc.client5.http.impl.classic.CloseableHttpClient client =
                org.apache.hc.client5.http.impl.classic.HttpClients.custom()
                        .setConnectionManager(pool)
                        .disableAutomaticRetries() // they wait for a second
                        .build();

        @Override
        int call(URI uri, boolean withBody, AtomicReference<@Nullable Runnable> cancel) throws IOException {
            HttpUriRequestBase request = withBody ? new HttpPut(uri) : new HttpUriRequestBase("GET", uri);
            if (withBody) {
                request.setEntity(new ByteArrayEntity(BODY, ContentType.TEXT_PLAIN));
            }
            cancel.set(request::cancel);
            return client.execute(request, response -> {
                EntityUtils.consume(response.getEntity());
                return response.getCode();
            });
        }

        @Override
        int busy() {
            var stats = pool.getTotalStats();
            return stats.getLeased() + stats.getPending();
        }
    },
    APACHE4 {
        private final org.apache.http.impl.conn.PoolingHttpClientConnectionManager pool =
                new org.apache.http.impl.conn.PoolingHttpClientConnectionManager();
        private final org.apache.http.impl.client.CloseableHttpClient client =
                org.apache.http.impl.client.HttpClients.custom()
                        .setConnectionManager(pool)
                        .build();

        @Override
        int call(URI uri, boolean withBody, AtomicReference<@Nullable Runnable> cancel) throws IOException {
            pool.setDefaultMaxPerRoute(AT_MOST);
            pool.setMaxTotal(10 * AT_MOST);
            HttpRequestBase request;
            if (withBody) {
                var put = new org.apache.http.client.methods.HttpPut(uri);
                put.setEntity(new org.apache.http.entity.ByteArrayEntity(BODY));
                request = put;
            } else {
                request = new org.apache.http.client.methods.HttpGet(uri);
            }
            cancel.set(request::abort);
            try (var response = client.execute(request)) {
                org.apache.http.util.EntityUtils.consume(response.getEntity());
                return response.getStatusLine().getStatusCode();
            }
        }

        @Override
        int busy() {
            var stats = pool.getTotalStats();
            return stats.getLeased() + stats.getPending();
        }
    };

    private static final byte[] BODY = "body ".repeat(50).getBytes(StandardCharsets.US_ASCII);

    /** Connections to an origin: for each call that runs at once and each that is to be cancelled, not more. */
    private static final int AT_MOST = LeakProgram.TOGETHER + 2;

    /**
     * Makes a call, and reads the response to its end.
     *
     * @param cancel is given how to cancel the call, before it begins
     * @return the status
     */
    abstract int call(URI uri, boolean withBody, AtomicReference<@Nullable Runnable> cancel) throws IOException;

    /** The connections that are leased, the calls that wait for one, and those that a dispatcher knows of. */
    abstract int busy();

    private static OkHttpClient okHttp() {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "dispatcher");
            thread.setDaemon(true);
            return thread;
        });
        OkHttpClient client = new OkHttpClient.Builder()
                .dispatcher(new okhttp3.Dispatcher(threads))
                .connectionPool(new okhttp3.ConnectionPool(AT_MOST, 5, TimeUnit.MINUTES))
                .build();
        client.dispatcher().setMaxRequestsPerHost(AT_MOST);
        return client;
    }

    private static Request request(URI uri, boolean withBody) {
        Request.Builder request = new Request.Builder().url(uri.toString());
        return (withBody ? request.put(RequestBody.create(BODY, MediaType.get("text/plain"))) : request).build();
    }

    private static int status(Response response) throws IOException {
        response.body().bytes();
        return response.code();
    }

    private static int inUse(OkHttpClient client) {
        return client.connectionPool().connectionCount()
                - client.connectionPool().idleConnectionCount()
                + client.dispatcher().runningCallsCount()
                + client.dispatcher().queuedCallsCount();
    }
}

package bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.apache.http.HttpClientConnection;
import org.apache.http.HttpConnectionMetrics;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.HttpVersion;
import org.apache.http.conn.ConnectionRequest;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.entity.BasicHttpEntity;
import org.apache.http.message.BasicHttpResponse;

/** The libraries' clients with a peer that answers at once: what is left is the caller's own cost. */
final class InstantLibraries {
    /** The number of asynchronous calls that run together; a batch of {@link LibraryCallProgram} has a multiple. */
    static final int TOGETHER = 50;

    private static final byte[] BODY = {'o', 'k'};

    private InstantLibraries() {}

    static Caller of(String name, String url) {
        return switch (name) {
            case "okhttp" -> LibraryCalls.execute(okHttp(new Dispatcher()), url);
            case "okhttp-enqueue" -> enqueue(url);
            case "apache5" ->
                LibraryCalls.apache5(
                        HttpClients.custom()
                                .setConnectionManager(new Connections5())
                                .build(),
                        url);
            case "apache4" ->
                LibraryCalls.apache4(
                        org.apache.http.impl.client.HttpClients.custom()
                                .setConnectionManager(new Connections4())
                                .build(),
                        url);
            default -> throw new IllegalArgumentException("no client: " + name);
        };
    }

    private static Caller enqueue(String url) {
        TogetherOnOneThread executor = new TogetherOnOneThread();
        Dispatcher dispatcher = new Dispatcher(executor);
        dispatcher.setMaxRequests(TOGETHER);
        dispatcher.setMaxRequestsPerHost(TOGETHER);
        OkHttpClient client = okHttp(dispatcher);
        Request request = new Request.Builder().url(url).build();
        AtomicInteger failed = new AtomicInteger();
        Callback callback = new Callback() {
            @Override
            public void onFailure(Call call, IOException error) {
                failed.incrementAndGet();
            }

            @Override
            public void onResponse(Call call, Response response) throws IOException {
                try (response) {
                    if (response.code() != 200 || response.body().bytes().length != BODY.length) {
                        failed.incrementAndGet();
                    }
                }
            }
        };
        return () -> {
            client.newCall(request).enqueue(callback);
            executor.runIfAll();
            return failed.get() == 0 ? 200 : -1;
        };
    }

    private static OkHttpClient okHttp(Dispatcher dispatcher) {
        return new OkHttpClient.Builder()
                .socketFactory(new InstantSocket.Factory())
                .dns(host -> List.of(InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1})))
                .dispatcher(dispatcher)
                .build();
    }

    /**
     * Runs asynchronous calls on a thread of its own, some together: to wake it for each would cost more than all that
     * is measured.
     */
    private static final class TogetherOnOneThread extends AbstractExecutorService {
        private final SynchronousQueue<List<Runnable>> handover = new SynchronousQueue<>();
        private final SynchronousQueue<List<Runnable>> done = new SynchronousQueue<>();
        private List<Runnable> tasks = new ArrayList<>(TOGETHER);

        TogetherOnOneThread() {
            Thread thread = new Thread(this::work, "dispatcher");
            thread.setDaemon(true);
            thread.start();
        }

        private void work() {
            try {
                while (true) {
                    List<Runnable> all = handover.take();
                    for (Runnable task : all) {
                        task.run();
                    }
                    done.put(all);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        void runIfAll() {
            if (tasks.size() < TOGETHER) {
                return;
            }
            try {
                handover.put(tasks);
                tasks = done.take();
                tasks.clear();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    private static final class Connections5 implements HttpClientConnectionManager {
        private final Endpoint endpoint = new Endpoint();

        @Override
        public LeaseRequest lease(
                String id, org.apache.hc.client5.http.HttpRoute route, Timeout requestTimeout, Object state) {
            return new LeaseRequest() {
                @Override
                public ConnectionEndpoint get(Timeout timeout) {
                    return endpoint;
                }

                @Override
                public boolean cancel() {
                    return false;
                }
            };
        }

        @Override
        public void release(ConnectionEndpoint leased, Object newState, TimeValue validDuration) {}

        @Override
        public void connect(ConnectionEndpoint leased, TimeValue connectTimeout, HttpContext context) {}

        @Override
        public void upgrade(ConnectionEndpoint leased, HttpContext context) {}

        @Override
        public void close(CloseMode closeMode) {}

        @Override
        public void close() {}
    }

    private static final class Endpoint extends ConnectionEndpoint {
        @Override
        public ClassicHttpResponse execute(
                String id, ClassicHttpRequest request, RequestExecutor executor, HttpContext context) {
            ClassicHttpResponse response = new BasicClassicHttpResponse(200);
            response.setEntity(new ByteArrayEntity(BODY, ContentType.TEXT_PLAIN));
            return response;
        }

        @Deprecated
        @Override
        public ClassicHttpResponse execute(
                String id, ClassicHttpRequest request, HttpRequestExecutor executor, HttpContext context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public void setSocketTimeout(Timeout timeout) {}

        @Override
        public void close(CloseMode closeMode) {}

        @Override
        public void close() {}
    }

    private static final class Connections4 implements org.apache.http.conn.HttpClientConnectionManager {
        private final Connection4 connection = new Connection4();

        @Override
        public ConnectionRequest requestConnection(HttpRoute route, Object state) {
            return new ConnectionRequest() {
                @Override
                public HttpClientConnection get(long timeout, TimeUnit unit) {
                    return connection;
                }

                @Override
                public boolean cancel() {
                    return false;
                }
            };
        }

        @Override
        public void releaseConnection(
                HttpClientConnection released, Object newState, long validDuration, TimeUnit unit) {}

        @Override
        public void connect(
                HttpClientConnection made,
                HttpRoute route,
                int connectTimeout,
                org.apache.http.protocol.HttpContext context) {}

        @Override
        public void upgrade(HttpClientConnection made, HttpRoute route, org.apache.http.protocol.HttpContext context) {}

        @Override
        public void routeComplete(
                HttpClientConnection made, HttpRoute route, org.apache.http.protocol.HttpContext context) {}

        @Override
        public void closeIdleConnections(long idletime, TimeUnit unit) {}

        @Override
        public void closeExpiredConnections() {}

        @Override
        public void shutdown() {}
    }

    private static final class Connection4 implements HttpClientConnection {
        @Override
        public boolean isResponseAvailable(int timeout) {
            return true;
        }

        @Override
        public void sendRequestHeader(HttpRequest request) {}

        @Override
        public void sendRequestEntity(HttpEntityEnclosingRequest request) {}

        @Override
        public HttpResponse receiveResponseHeader() {
            return new BasicHttpResponse(HttpVersion.HTTP_1_1, 200, "OK");
        }

        @Override
        public void receiveResponseEntity(HttpResponse response) {
            BasicHttpEntity entity = new BasicHttpEntity();
            entity.setContent(new ByteArrayInputStream(BODY));
            entity.setContentLength(BODY.length);
            response.setEntity(entity);
        }

        @Override
        public void flush() throws IOException {}

        @Override
        public void close() {}

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean isStale() {
            return false;
        }

        @Override
        public void setSocketTimeout(int timeout) {}

        @Override
        public int getSocketTimeout() {
            return 0;
        }

        @Override
        public void shutdown() {}

        @Override
        public HttpConnectionMetrics getMetrics() {
            return null;
        }
    }
}

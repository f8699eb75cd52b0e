package dev.holdfast.differential;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Connection;
import okhttp3.Dispatcher;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Makes calls of OkHttp, each in one of its two ways, and notes all that the program's own parts of a client see. */
final class OkHttpCaller {
    private final Transcript t;

    /** True if calls are made by {@code enqueue}. */
    private final boolean enqueued;

    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    private final List<String> uncaught = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    private final Map<Connection, Integer> connections = Collections.synchronizedMap(new IdentityHashMap<>());

    OkHttpCaller(Transcript transcript, boolean enqueued) {
        this.t = transcript;
        this.enqueued = enqueued;
    }

    /** A use of a client. */
    interface Use {
        void of(OkHttpClient client) throws Exception;
    }

    /** Uses a client, ends it, and notes its pool. */
    void with(OkHttpClient.Builder builder, Use use) throws Exception {
        OkHttpClient client = builder.build();
        connections.clear();
        try {
            use.of(client);
        } finally {
            client.dispatcher().executorService().shutdown();
            t.step("ended", () -> client.dispatcher().executorService().awaitTermination(20, TimeUnit.SECONDS));
            for (Thread thread : threads) {
                thread.join(20_000); // an exception that nobody catches is told of when its task is done for long
            }
            threads.clear();
            flush(false);
            t.line("uncaught: " + uncaught);
            uncaught.clear();
            t.step(
                    "dispatcher",
                    () -> client.dispatcher().runningCallsCount() + " "
                            + client.dispatcher().queuedCallsCount());
            t.step(
                    "pool",
                    () -> client.connectionPool().connectionCount() + " "
                            + client.connectionPool().idleConnectionCount());
            client.connectionPool().evictAll();
            t.settle();
        }
    }

    /** A client with a listener and interceptors that note what they see. */
    OkHttpClient.Builder noting() {
        // As the library's own, but for the list of its threads.
        ExecutorService executor =
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 60, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "OkHttp Dispatcher");
                    threads.add(thread);
                    return thread;
                });
        return new OkHttpClient.Builder()
                .dispatcher(new Dispatcher(executor))
                .eventListenerFactory(call -> new OkHttpEvents(call, notes::add))
                .addInterceptor(chain -> noted("application", chain))
                .addNetworkInterceptor(chain -> noted("network", chain));
    }

    private Response noted(String what, Interceptor.Chain chain) throws IOException {
        Request request = chain.request();
        Connection connection = chain.connection();
        notes.add(what + ": " + request + " " + body(request.body()) + " on "
                + (connection == null ? "none" : connections.computeIfAbsent(connection, c -> connections.size()))
                + ", " + thread() + ", " + chain.call().isCanceled() + ", " + chain.connectTimeoutMillis() + " "
                + chain.readTimeoutMillis() + " " + chain.writeTimeoutMillis() + ", "
                + chain.call().timeout().timeoutNanos());
        try {
            Response response = chain.proceed(request);
            notes.add(what + ": " + response + " " + response.headers().size() + " headers, "
                    + response.body().contentLength() + " bytes, " + outline(response));
            return response;
        } catch (IOException | RuntimeException e) {
            notes.add(what + ": " + e);
            throw e;
        }
    }

    private static String body(@Nullable RequestBody body) throws IOException {
        return body == null
                ? "no body"
                : body.contentLength() + " " + body.contentType() + " " + body.isOneShot() + " " + body.isDuplex();
    }

    /** Enqueued calls rename the thread that runs them. */
    private String thread() {
        String name = Thread.currentThread().getName();
        return name.startsWith("OkHttp Dispatcher") ? "dispatcher" : name;
    }

    private static String outline(Response response) {
        return "protocol " + response.protocol() + ", network " + response.networkResponse() + ", cache "
                + response.cacheResponse() + ", prior " + response.priorResponse() + ", sent "
                + (response.sentRequestAtMillis() > 0
                        && response.sentRequestAtMillis() <= response.receivedResponseAtMillis());
    }

    /** Makes a call, and notes what it gave once it has ended. */
    void call(OkHttpClient client, Request request) throws Exception {
        run(client.newCall(request), request);
    }

    /** The same with a call of the program's own. */
    void run(Call call, Request request) throws Exception {
        run(call, request, false);
    }

    /** The same with a call that another thread ends, in whatever order the two of them tell of it. */
    void runEnded(Call call, Request request) throws Exception {
        run(call, request, true);
    }

    private void run(Call call, Request request, boolean sorted) throws Exception {
        begin(call, request).await();
        flush(sorted);
        t.step("call", () -> (call.request() == request) + " " + call.isExecuted() + " " + call.isCanceled());
    }

    /** Makes the call on another thread. */
    CountDownLatch begin(Call call, Request request) {
        CountDownLatch done = new CountDownLatch(1);
        if (enqueued) {
            try {
                call.enqueue(new Callback() {
                    @Override
                    public void onFailure(Call failed, IOException failure) {
                        notes.add("onFailure on " + thread() + ", " + (failed == call));
                        notes.add(Transcript.described(failure));
                        done.countDown();
                    }

                    @Override
                    public void onResponse(Call answered, Response response) {
                        notes.add("onResponse on " + thread() + ", " + (answered == call));
                        read(response, request);
                        done.countDown();
                    }
                });
            } catch (Throwable e) {
                notes.add(Transcript.described(e));
                done.countDown();
            }
        } else {
            Thread thread = new Thread(
                    () -> {
                        try {
                            read(call.execute(), request);
                        } catch (Throwable e) {
                            notes.add(Transcript.described(e));
                            notes.add("interrupted: " + Thread.currentThread().isInterrupted());
                        }
                        done.countDown();
                    },
                    "program");
            thread.setDaemon(true);
            thread.start();
        }
        return done;
    }

    private void read(Response response, Request request) {
        notes.add("response: " + response + " " + response.headers().toString().replace('\n', '|') + " "
                + outline(response) + ", " + (response.request() == request) + " " + response.handshake());
        try (response) {
            notes.add("body: " + response.body().contentLength() + " "
                    + response.body().contentType());
            String text = response.body().string();
            notes.add(text.length() > 200 ? text.length() + " characters, hash " + text.hashCode() : text);
        } catch (Throwable e) {
            notes.add(Transcript.described(e));
        }
    }

    /** Notes something itself. */
    void note(String note) {
        notes.add(note);
    }

    /** Notes an exception that no caller has caught, which is some time after the program has heard of it. */
    void uncaught(Throwable e) {
        uncaught.add(Transcript.described(e));
    }

    /** Writes down what was noted so far, sorted if two threads were about it side by side. */
    void flush(boolean sorted) {
        List<String> noted;
        synchronized (notes) {
            noted = new ArrayList<>(notes);
            notes.clear();
        }
        if (sorted) {
            Collections.sort(noted);
        }
        noted.forEach(note -> t.line(withoutRaces(note)));
    }

    /** A read that takes too long ends by its socket's limit or by the library's own, whichever is first. */
    static String withoutRaces(String described) {
        return described
                .replace("SocketTimeoutException: Read timed out", "SocketTimeoutException: timeout")
                .replace(" <- java.net.SocketTimeoutException: timeout", "")
                .replace(" <- java.net.SocketException: Socket closed", "");
    }
}

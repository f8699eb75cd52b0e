package dev.holdfast.client.okhttp;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Dispatcher;
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

    private final Threads threads = new Threads();
    private final OkHttpClient client = new OkHttpClient.Builder()
            .dispatcher(new Dispatcher(threads))
            .connectTimeout(10, TimeUnit.SECONDS)
            .readTimeout(10, TimeUnit.SECONDS)
            .build();

    /**
     * Makes a call: {@code execute URL}, {@code enqueue URL}, or {@code put URL}; {@code idle URL} says when the
     * dispatcher was idle, {@code cancel URL} cancels all calls of the dispatcher; {@code leave URL NAME} makes one,
     * does not wait for it, and prints what it gave.
     */
    @Override
    public String apply(String order) {
        String[] parts = order.split(" ", -1);
        Request.Builder request = new Request.Builder().url(parts[1]);
        try {
            return switch (parts[0]) {
                case "execute" -> seen(client.newCall(request.build()).execute());
                case "enqueue" -> seen(enqueued(client.newCall(request.build())));
                case "idle" -> idle(client.newCall(request.build()));
                case "cancel" -> cancelled(client.newCall(request.build()));
                case "leave" -> left(client.newCall(request.build()), parts[2]);
                case "put" ->
                    seen(client.newCall(request.put(new StreamedBody()).build()).execute());
                default -> throw new IllegalArgumentException(order);
            };
        } catch (ExecutionException e) {
            return e.getCause().toString();
        } catch (IOException | InterruptedException | ReflectiveOperationException | TimeoutException e) {
            return e.toString();
        }
    }

    private static Response enqueued(Call call) throws InterruptedException, ExecutionException, TimeoutException {
        return enqueued(call, () -> {});
    }

    private static Response enqueued(Call call, Runnable callback)
            throws InterruptedException, ExecutionException, TimeoutException {
        return started(call, callback).get(20, TimeUnit.SECONDS);
    }

    private static CompletableFuture<Response> started(Call call, Runnable callback) {
        CompletableFuture<Response> got = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                callback.run();
                got.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call answered, Response response) {
                callback.run();
                got.complete(response);
            }
        });
        return got;
    }

    /** Versions before 3.5 have no callback for that. */
    private String idle(Call call)
            throws InterruptedException, ExecutionException, TimeoutException, ReflectiveOperationException,
                    IOException {
        String expected = "after 1 callback, once";
        Method set;
        try {
            set = Dispatcher.class.getMethod("setIdleCallback", Runnable.class);
        } catch (NoSuchMethodException e) {
            return enqueued(call) == null ? "" : expected;
        }
        AtomicInteger callbacks = new AtomicInteger();
        BlockingQueue<String> idle = new LinkedBlockingQueue<>();
        String first;
        set.invoke(client.dispatcher(), (Runnable) () -> idle.add("after " + callbacks + " callback"));
        try (okhttp3.ResponseBody unused =
                enqueued(call, callbacks::incrementAndGet).body()) {
            first = idle.poll(10, TimeUnit.SECONDS);
        }
        set.invoke(client.dispatcher(), (Runnable) () -> {});
        return "after 1 callback".equals(first) && idle.isEmpty() ? expected : first + " " + idle;
    }

    private String cancelled(Call call) throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Response> got = started(call, () -> {});
        threads.awaitIdle();
        if (!client.dispatcher().runningCalls().equals(List.of(call))
                || client.dispatcher().runningCallsCount() != 1) {
            return "is not listed";
        }
        client.dispatcher().cancelAll();
        return "" + got.get(20, TimeUnit.SECONDS);
    }

    private static String left(Call call, String name) {
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                System.out.println(name + " leave: " + e);
            }

            @Override
            public void onResponse(Call answered, Response response) throws IOException {
                System.out.println(name + " leave: " + seen(response));
            }
        });
        return "";
    }

    private static String seen(Response response) throws IOException {
        try (okhttp3.ResponseBody body = response.body()) {
            return response.code() + " " + body.string();
        }
    }

    /** They end with the calls, so that the JVM lives no longer than these. */
    private static final class Threads extends ThreadPoolExecutor {
        private int running;

        Threads() {
            super(0, 10, 0, TimeUnit.SECONDS, new SynchronousQueue<>());
        }

        @Override
        public void execute(Runnable task) {
            synchronized (this) {
                running++;
            }
            super.execute(task);
        }

        @Override
        protected synchronized void afterExecute(Runnable task, Throwable thrown) {
            running--;
            notifyAll();
        }

        /** Waits until calls have left their threads; not for long, as before 3.4 they never do. */
        synchronized void awaitIdle() throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            long rest = end - System.nanoTime();
            while (running > 0 && rest > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, rest);
                rest = end - System.nanoTime();
            }
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

package dev.holdfast.wild;

import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.HttpResponse;

/**
 * Makes so many blocking calls at once (argument), as many with each client, each on a virtual thread of its own and
 * each failing once. Prints how many ended well, and how often a thread was pinned in a frame of Holdfast's.
 */
final class ManyVirtualThreads {
    private static final int SERVICES = 4;
    private static final int FIRST_USES = 5;

    private ManyVirtualThreads() {}

    public static void main(String[] arguments) throws Exception {
        int calls = Integer.parseInt(arguments[0]);
        List<Flaky> services = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            services.add(new Flaky(2 + i));
        }
        List<BiFunction<Flaky, String, Callable<Integer>>> clients = clients(calls);
        Path file = Files.createTempFile("virtual-threads", ".jfr");
        int good = 0;
        // The first recording runs while single calls warm up, so that few classes of theirs or of our events are left
        // to
        // load: a virtual thread is held while another loads the class that it wants next.
        try (Recording warmUp = withoutOurEvents();
                Recording recording = withoutOurEvents()) {
            ExecutorService executor = virtualThreads();
            warmUp.start();
            for (int i = 0; i < clients.size() * SERVICES; i++) {
                executor.submit(clients.get(i / SERVICES).apply(services.get(i % SERVICES), "/first/" + i))
                        .get();
            }
            recording
                    .enable("jdk.VirtualThreadPinned")
                    .withThreshold(Duration.ZERO)
                    .withStackTrace();
            recording.start();
            warmUp.stop();
            List<Future<Integer>> ends = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                ends.add(executor.submit(
                        clients.get(i / SERVICES % clients.size()).apply(services.get(i % SERVICES), "/" + i)));
            }
            for (Future<Integer> end : ends) {
                good += end.get() == 200 ? 1 : 0;
            }
            recording.stop();
            recording.dump(file);
        }
        int requests = services.stream().mapToInt(Flaky::requests).sum() - 2 * clients.size() * SERVICES;
        System.out.println(good + " good, " + requests + " requests, pinned by us " + pinnedByUs(file));
        Files.delete(file);
        System.exit(0);
    }

    /** Whoever writes an event is held while the JVM's writer waits for another: no matter of ours. */
    private static Recording withoutOurEvents() {
        Recording recording = new Recording();
        for (String event : List.of("Attempt", "BreakerTransition", "Fallback", "Rejection", "Reload", "Retry")) {
            recording.disable("dev.holdfast." + event);
        }
        return recording;
    }

    /** Ways to make a call, which gives a status; none of them has its calls wait for a connection. */
    private static List<BiFunction<Flaky, String, Callable<Integer>>> clients(int calls) {
        HttpClient modern = HttpClient.newBuilder().version(Version.HTTP_1_1).build();
        OkHttpClient okHttp = new OkHttpClient();
        // It sends a request again by itself that was answered by 503.
        CloseableHttpClient apache5 = HttpClients.custom()
                .disableAutomaticRetries()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnPerRoute(calls)
                        .setMaxConnTotal(calls)
                        .build())
                .build();
        org.apache.http.client.HttpClient apache4 = org.apache.http.impl.client.HttpClients.custom()
                .setMaxConnPerRoute(calls)
                .setMaxConnTotal(calls)
                .build();
        return List.of(
                (service, path) ->
                        () -> ((HttpURLConnection) service.uri(path).toURL().openConnection()).getResponseCode(),
                (service, path) -> () -> modern.send(
                                HttpRequest.newBuilder(service.uri(path)).build(), BodyHandlers.ofString())
                        .statusCode(),
                (service, path) -> () -> {
                    Request request = new Request.Builder()
                            .url(service.uri(path).toString())
                            .build();
                    try (Response response = okHttp.newCall(request).execute()) {
                        return response.code();
                    }
                },
                (service, path) -> () -> apache5.execute(new HttpGet(service.uri(path)), HttpResponse::getCode),
                (service, path) -> () -> apache4.execute(
                        new org.apache.http.client.methods.HttpGet(service.uri(path)),
                        response -> response.getStatusLine().getStatusCode()));
    }

    /** By reflection: they came with Java 21. */
    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    /**
     * Returns the places where a thread was pinned below a frame of ours, and how often. Left out is what happened a
     * few times in all those calls: a thread is held while another loads, links or initialises the class that it wants,
     * with and without us, once for a class; what pins a thread by what it does, does so in each call.
     */
    private static Map<String, Integer> pinnedByUs(Path file) throws java.io.IOException {
        Map<String, Integer> found = new TreeMap<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            if (event.getStackTrace() != null) {
                List<RecordedFrame> frames = event.getStackTrace().getFrames();
                frames.stream()
                        .map(frame -> frame.getMethod().getType().getName())
                        .filter(name -> name.startsWith("dev.holdfast.") && !name.startsWith("dev.holdfast.wild."))
                        .findFirst()
                        .ifPresent(name ->
                                found.merge(frames.get(0).getMethod().getName() + " below " + name, 1, Integer::sum));
            }
        }
        found.values().removeIf(times -> times <= FIRST_USES);
        return found;
    }
}

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
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Makes so many blocking calls at once (argument), half of them with each client, each on a virtual thread of its own
 * and each failing once. Prints how many ended well, and how often a thread was pinned in a frame of Holdfast's.
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
        HttpClient client = HttpClient.newBuilder().version(Version.HTTP_1_1).build();
        Path file = Files.createTempFile("virtual-threads", ".jfr");
        int good = 0;
        // The first recording runs while single calls warm up, so that few classes of theirs or of our events are left
        // to
        // load: a virtual thread is held while another loads the class that it wants next.
        try (Recording warmUp = withoutOurEvents();
                Recording recording = withoutOurEvents()) {
            ExecutorService executor = virtualThreads();
            warmUp.start();
            for (int i = 0; i < 2 * SERVICES; i++) {
                Flaky service = services.get(i % SERVICES);
                executor.submit(i < SERVICES ? classic(service, "/first") : modern(client, service, "/first/" + i))
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
                Flaky service = services.get(i % SERVICES);
                String path = "/" + i;
                ends.add(executor.submit(
                        i / SERVICES % 2 == 0 ? classic(service, path) : modern(client, service, path)));
            }
            for (Future<Integer> end : ends) {
                good += end.get() == 200 ? 1 : 0;
            }
            recording.stop();
            recording.dump(file);
        }
        int requests = services.stream().mapToInt(Flaky::requests).sum() - 4 * SERVICES;
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

    private static Callable<Integer> classic(Flaky service, String path) {
        return () -> ((HttpURLConnection) service.uri(path).toURL().openConnection()).getResponseCode();
    }

    private static Callable<Integer> modern(HttpClient client, Flaky service, String path) {
        return () -> client.send(HttpRequest.newBuilder(service.uri(path)).build(), BodyHandlers.ofString())
                .statusCode();
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

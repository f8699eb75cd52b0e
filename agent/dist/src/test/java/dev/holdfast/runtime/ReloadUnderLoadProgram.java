package dev.holdfast.runtime;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * A program that calls without pause, with one thread for each client, while it changes the agent's file in one of
 * three ways after another. Its server always answers 503; under each version of the file a call ends in the answer
 * that names the version, after as many attempts as the version says. A call that saw two versions would have one's
 * answer and the other's number of attempts.
 */
final class ReloadUnderLoadProgram {
    private static final String CALL = "X-Call";
    private static final Map<String, AtomicInteger> ATTEMPTS = new ConcurrentHashMap<>();
    private static final Queue<String> FAULTS = new ConcurrentLinkedQueue<>();
    private static final AtomicLong CALLS = new AtomicLong();
    private static volatile boolean ended;

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final Path file;
    private int changes;
    private int directories;

    private ReloadUnderLoadProgram(Path file) {
        this.file = file;
    }

    /** One of the ways in which a file comes to hold another text. */
    private interface Way {
        void write(String text) throws IOException;
    }

    /**
     * A version of the file.
     *
     * @param attempts which a call has under it; its answer names them
     */
    static String version(int attempts) {
        return """
                [reload]
                every = "50ms"
                [retry]
                initial_delay = "0s"
                max_retries = %d
                [retry.budget]
                enabled = false
                [retry.fallback]
                strategy = "default_value"
                [retry.fallback.default_value]
                body = "%d attempts"
                """.formatted(attempts - 1, attempts);
    }

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", exchange -> {
            ATTEMPTS.computeIfAbsent(exchange.getRequestHeaders().getFirst(CALL), id -> new AtomicInteger())
                    .incrementAndGet();
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        HttpClient client = HttpClient.newHttpClient();
        List<Thread> threads = List.of(
                new Thread(() -> callOnAndOn("c", id -> byHttpClient(client, uri, id))),
                new Thread(() -> callOnAndOn("u", id -> byUrlConnection(uri, id))));
        threads.forEach(Thread::start);
        ReloadUnderLoadProgram program = new ReloadUnderLoadProgram(Path.of(arguments[0]));
        program.changeOnAndOn(Integer.parseInt(arguments[1]));
        ended = true;
        for (Thread thread : threads) {
            thread.join();
        }
        server.stop(0);
        System.out.println(CALLS.get() > 1000 ? "many calls" : CALLS + " calls");
        FAULTS.stream().limit(10).forEach(System.out::println);
        System.exit(0);
    }

    private void changeOnAndOn(int times) throws Exception {
        await().atMost(Duration.ofSeconds(30)).until(() -> beans.isRegistered(name()));
        // The file is a link first, as a ConfigMap has it; then the file that the link leads to; then a file itself.
        change(this::swapLinks, times);
        long before = used();
        change(this::writeInPlace, times);
        change(this::renameOver, times);
        long grown = used() - before;
        System.out.println(grown < 2 << 20 ? "memory flat" : "memory grew by " + grown);
    }

    private void change(Way way, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            changes++;
            if (i % 10 == 3) {
                long failures = count("reload_failures");
                way.write(version(3).replace("max_retries = 2", "max_retries = " + (1000 + changes)));
                awaitThat(() -> count("reload_failures") == failures + 1);
                continue;
            }
            long reloads = count("reloads");
            // Always another text, so that there is something to reload.
            way.write("# " + changes + "\n" + version(2 + changes % 2));
            awaitThat(() -> count("reloads") > reloads);
        }
    }

    private static void awaitThat(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(condition);
    }

    private void swapLinks(String text) throws IOException {
        Path directory = file.resolveSibling("..data" + ++directories);
        Files.createDirectory(directory);
        Files.writeString(directory.resolve(file.getFileName()), text);
        Path link = Files.createSymbolicLink(file.resolveSibling("..data_tmp"), directory.getFileName());
        Files.move(link, file.resolveSibling("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void writeInPlace(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int half = text.indexOf("_delay"); // no TOML up to here
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(bytes, 0, half);
            out.flush();
            out.write(bytes, half, bytes.length - half);
        }
    }

    private void renameOver(String text) throws IOException {
        Path other = Files.writeString(file.resolveSibling("holdfast.toml~"), text);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A number of the status. */
    private long count(String what) throws Exception {
        String status = (String) beans.invoke(name(), "statusJson", null, null);
        Matcher found = Pattern.compile("\"" + what + "\"\\s*:\\s*(\\d+)").matcher(status);
        if (!found.find()) {
            throw new AssertionError(status);
        }
        return Long.parseLong(found.group(1));
    }

    private static ObjectName name() throws Exception {
        return new ObjectName("dev.holdfast:type=Holdfast");
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            ManagementFactory.getMemoryMXBean().gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** A call, which gives the body that it got. */
    private interface Caller {
        String call(String id) throws Exception;
    }

    private static void callOnAndOn(String prefix, Caller caller) {
        for (int i = 0; !ended; i++) {
            String id = prefix + i;
            try {
                String response = caller.call(id);
                int attempts = ATTEMPTS.remove(id).get();
                if (!response.equals(attempts + " attempts")) {
                    FAULTS.add(id + ": " + response + ", but " + attempts);
                }
            } catch (Exception e) {
                FAULTS.add(id + ": " + e);
                ATTEMPTS.remove(id);
            }
            CALLS.incrementAndGet();
        }
    }

    private static String byHttpClient(HttpClient client, URI uri, String id) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri).header(CALL, id).build();
        boolean async = id.endsWith("0");
        HttpResponse<String> response = async
                ? client.sendAsync(request, BodyHandlers.ofString()).get()
                : client.send(request, BodyHandlers.ofString());
        return response.body();
    }

    private static String byUrlConnection(URI uri, String id) throws Exception {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestProperty(CALL, id);
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}

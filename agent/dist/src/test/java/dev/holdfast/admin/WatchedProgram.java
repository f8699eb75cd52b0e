package dev.holdfast.admin;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A program that calls some services again and again until its standard input ends. Each line of it says how one of
 * them is from now on: {@code NAME SHARE} of the requests that fail, from 0 to 1. Prints the port of the services.
 */
final class WatchedProgram {
    static final List<String> SERVICES = List.of("payments", "search", "inventory", "mail");

    private WatchedProgram() {}

    /**
     * Runs it.
     *
     * @param arguments calls to each service in a second
     */
    public static void main(String[] arguments) throws IOException {
        Map<String, Double> failing = new ConcurrentHashMap<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(WatchedProgram::daemon));
        server.createContext("/", exchange -> {
            String host = exchange.getRequestHeaders().getFirst("Host");
            String service = host.substring(0, host.indexOf('.'));
            boolean fails = ThreadLocalRandom.current().nextDouble() < failing.getOrDefault(service, 0.0);
            exchange.sendResponseHeaders(fails ? 503 : 200, -1);
            exchange.close();
        });
        server.start();
        System.out.println(server.getAddress().getPort());

        HttpClient client = HttpClient.newBuilder()
                .executor(Executors.newCachedThreadPool(WatchedProgram::daemon))
                .build();
        var timer = Executors.newScheduledThreadPool(1, WatchedProgram::daemon);
        long pause = 1_000_000 / Integer.parseInt(arguments[0]);
        for (String service : SERVICES) {
            URI uri = URI.create("http://" + service + ".shop.example:"
                    + server.getAddress().getPort() + "/v1/things?key=t0psecret");
            HttpRequest request = HttpRequest.newBuilder(uri).build();
            timer.scheduleAtFixedRate(
                    () -> client.sendAsync(request, BodyHandlers.discarding()), 0, pause, TimeUnit.MICROSECONDS);
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 2);
            failing.put(words[0], Double.valueOf(words[1]));
        }
        timer.shutdownNow();
        server.stop(0);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }
}

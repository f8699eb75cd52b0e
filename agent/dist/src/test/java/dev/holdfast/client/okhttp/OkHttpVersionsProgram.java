package dev.holdfast.client.okhttp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * Calls a server with copies of OkHttp, each in a class loader of its own: each argument has the jars of one. The
 * server answers the first request of each call by 503. Prints what each call gave, and what the server received. The
 * last call of each copy is left to itself: the JVM ends with it.
 */
public final class OkHttpVersionsProgram {
    private static final List<String> RECEIVED = new ArrayList<>();
    /** The paths of calls that nobody waits for. */
    private static final Set<String> LEFT = new HashSet<>();

    private static volatile String last;

    private OkHttpVersionsProgram() {}

    public static void main(String[] copies) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50);
        server.createContext("/", OkHttpVersionsProgram::answer);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        // The server's threads are daemons, as the one that starts them: nothing but the clients keeps the JVM alive.
        Thread starter = new Thread(server::start);
        starter.setDaemon(true);
        starter.start();
        starter.join();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        last = "/leave/" + (copies.length - 1);
        List<UnaryOperator<String>> callers = new ArrayList<>();
        for (String copy : copies) {
            callers.add(call(copy, url));
        }
        for (int i = 0; i < copies.length; i++) {
            String name = Path.of(copies[i].split(File.pathSeparator)[0])
                    .getFileName()
                    .toString();
            String unused = callers.get(i).apply("leave " + url + "leave/" + i + " " + name);
        }
    }

    private static UnaryOperator<String> call(String copy, String url) throws Exception {
        List<URL> jars = new ArrayList<>();
        for (String jar : copy.split(File.pathSeparator)) {
            jars.add(Path.of(jar).toUri().toURL());
        }
        ClassLoader loader = new URLClassLoader(jars.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        @SuppressWarnings("unchecked") // the caller's class is there once for each copy
        UnaryOperator<String> caller = (UnaryOperator<String>)
                loader.loadClass(OkHttpCaller.class.getName()).getConstructor().newInstance();
        for (String order : List.of("execute", "enqueue", "put", "idle", "cancel")) {
            synchronized (RECEIVED) {
                RECEIVED.clear();
            }
            String seen =
                    caller.apply(order + " " + (order.equals("cancel") ? url.replace("127.0.0.1", "localhost") : url));
            synchronized (RECEIVED) {
                System.out.println(Path.of(copy.split(File.pathSeparator)[0]).getFileName() + " " + order + ": " + seen
                        + " to " + RECEIVED);
            }
        }
        return caller;
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        boolean first;
        synchronized (RECEIVED) {
            first = path.length() > 1 ? LEFT.add(path) : RECEIVED.isEmpty();
            RECEIVED.add(exchange.getRequestMethod() + (body.isEmpty() ? "" : " " + body));
        }
        if (first && path.length() > 1) {
            // Long enough for a JVM to end; for the last one also without another call that would keep it alive.
            exchange.getResponseHeaders().set("Retry-After", path.equals(last) ? "2" : "1");
        }
        byte[] said = (first ? "busy" : "ok").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(first ? 503 : 200, said.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(said);
        }
    }
}

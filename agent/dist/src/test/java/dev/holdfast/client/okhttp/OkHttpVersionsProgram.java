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
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * Calls a server with copies of OkHttp, each in a class loader of its own: each argument has the jars of one. The
 * server answers the first request of each call by 503. Prints what each call gave, and what the server received.
 */
public final class OkHttpVersionsProgram {
    private static final List<String> RECEIVED = new ArrayList<>();

    private OkHttpVersionsProgram() {}

    public static void main(String[] copies) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50);
        server.createContext("/", OkHttpVersionsProgram::answer);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        for (String copy : copies) {
            call(copy, url);
        }
        System.exit(0); // the threads of the clients' dispatchers would keep it alive for a minute
    }

    private static void call(String copy, String url) throws Exception {
        List<URL> jars = new ArrayList<>();
        for (String jar : copy.split(File.pathSeparator)) {
            jars.add(Path.of(jar).toUri().toURL());
        }
        ClassLoader loader = new URLClassLoader(jars.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        @SuppressWarnings("unchecked") // the caller's class is there once for each copy
        UnaryOperator<String> caller = (UnaryOperator<String>)
                loader.loadClass(OkHttpCaller.class.getName()).getConstructor().newInstance();
        for (String order : List.of("execute", "enqueue", "put")) {
            synchronized (RECEIVED) {
                RECEIVED.clear();
            }
            String seen = caller.apply(order + " " + url);
            synchronized (RECEIVED) {
                System.out.println(Path.of(copy.split(File.pathSeparator)[0]).getFileName() + " " + order + ": " + seen
                        + " to " + RECEIVED);
            }
        }
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        boolean first;
        synchronized (RECEIVED) {
            first = RECEIVED.isEmpty();
            RECEIVED.add(exchange.getRequestMethod() + (body.isEmpty() ? "" : " " + body));
        }
        byte[] said = (first ? "busy" : "ok").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(first ? 503 : 200, said.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(said);
        }
    }
}

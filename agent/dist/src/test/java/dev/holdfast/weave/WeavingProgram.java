package dev.holdfast.weave;

import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.instrumentation.AdapterContext;
import dev.holdfast.instrumentation.ClientAdapter;
import dev.holdfast.instrumentation.ClientInstrumentation;
import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.launch.AgentTransformer;
import dev.holdfast.runtime.Clients;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.jspecify.annotations.Nullable;

/**
 * Run in a JVM of its own: weaves its own JDK with hooks that record what reaches them, calls through every entry, and
 * prints one line for each thing seen. {@code late} as argument: the JDK's classes are loaded, and a client made,
 * before.
 */
final class WeavingProgram {
    private static final List<String> SEEN = new ArrayList<>();
    private static boolean wrap;

    private WeavingProgram() {}

    public static void main(String[] arguments) throws Exception {
        boolean late = arguments.length > 0;
        HttpClient early = late ? HttpClient.newHttpClient() : null;
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> serve(server));
            serving.setDaemon(true);
            serving.start();
            String origin = "http://127.0.0.1:" + server.getLocalPort();
            URL url = URI.create(origin + "/x").toURL();
            if (late) {
                url.openConnection();
            }
            Instrumentation instrumentation = ByteBuddyAgent.install();
            Weaver weaver = new Weaver(instrumentation, new RecordingHooks(), WeavingProgram::defect);
            if (AgentTransformer.watches("")) { // loads it before the transformer is asked about it
                throw new AssertionError();
            }
            instrumentation.addTransformer(new Transformer(weaver), true);
            for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
                if (AgentTransformer.watches(loaded.getName().replace('.', '/'))) {
                    instrumentation.retransformClasses(loaded);
                }
            }
            HttpClient client = early == null ? HttpClient.newHttpClient() : early;
            calls(client, origin, url);
            throughProxy(server.getLocalPort());
            connectAgain(instrumentation);
            SEEN.add("second bridge " + Bridge.install(instrumentation, new RecordingHooks(), WeavingProgram::defect));
        }
        SEEN.forEach(System.out::println);
    }

    private static void defect(String what, @Nullable Throwable cause) {
        SEEN.add("DEFECT " + what + " " + cause);
    }

    private static void calls(HttpClient client, String origin, URL url) throws Exception {
        SEEN.add("status " + status(client, origin));
        HttpRequest request = HttpRequest.newBuilder(URI.create(origin + "/a")).build();
        SEEN.add("status "
                + client.sendAsync(request, BodyHandlers.ofString()).get().statusCode());
        SEEN.add("status "
                + client.sendAsync(request, BodyHandlers.ofString(), null).get().statusCode());
        HttpRequest replaced =
                HttpRequest.newBuilder(URI.create(origin + "/replace")).build();
        SEEN.add("replaced " + client.send(replaced, BodyHandlers.ofString()));
        SEEN.add("replaced "
                + client.sendAsync(replaced, BodyHandlers.ofString()).get());
        try {
            client.send(HttpRequest.newBuilder(URI.create(origin + "/throw")).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            SEEN.add("thrown " + e.getMessage());
        }
        SEEN.add("status " + ((HttpURLConnection) url.openConnection()).getResponseCode());
        SEEN.add("status " + ((HttpURLConnection) url.openConnection(Proxy.NO_PROXY)).getResponseCode());
        URI.create("https://127.0.0.1:1/").toURL().openConnection();
    }

    /** Whatever happened before: a hook is installed once. */
    private static void connectAgain(Instrumentation instrumentation) {
        try {
            Dispatcher.connect(instrumentation, new RecordingHooks(), WeavingProgram::defect);
            SEEN.add("second hook installed");
        } catch (IllegalStateException e) {
            SEEN.add("second hook refused");
        }
    }

    private static int status(HttpClient client, String origin) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(origin + "/s")).build(), BodyHandlers.ofString())
                .statusCode();
    }

    /** A plain socket through an HTTP proxy: the JDK opens a connection and reflects on its own class. */
    private static void throughProxy(int port) throws IOException {
        wrap = true;
        try (Socket socket = new Socket(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", port)))) {
            socket.connect(InetSocketAddress.createUnresolved("example.invalid", 80), 5_000);
            SEEN.add("tunnel " + socket.isConnected());
        }
        wrap = false;
    }

    private static void serve(ServerSocket server) {
        while (true) {
            try (Socket socket = server.accept()) {
                InputStream in = socket.getInputStream();
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    int b = in.read();
                    if (b < 0) {
                        break;
                    }
                    head.append((char) b);
                }
                OutputStream out = socket.getOutputStream();
                String response = head.indexOf("CONNECT") == 0
                        ? "HTTP/1.1 200 OK\r\n\r\n"
                        : "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
                out.write(response.getBytes(StandardCharsets.US_ASCII));
                out.flush();
            } catch (IOException e) {
                if (server.isClosed()) {
                    return;
                }
            }
        }
    }

    private record Transformer(Weaver weaver) implements ClassFileTransformer {
        @Override
        public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                @Nullable String className,
                @Nullable Class<?> classBeingRedefined,
                @Nullable ProtectionDomain protectionDomain,
                byte[] classfile) {
            return className != null && AgentTransformer.watches(className) ? weaver.weave(className, classfile) : null;
        }
    }

    /** The clients of the list with adapters that record. */
    private static final class RecordingHooks implements Adapters {
        @Override
        public List<ClientInstrumentation> clients() {
            return List.of(
                    new Recorded(Clients.ALL.get(0), new HttpClientRecorder()),
                    new Recorded(Clients.ALL.get(1), new ConnectionRecorder()));
        }

        @Override
        public boolean isOff(ClientInstrumentation client) {
            return false;
        }

        @Override
        public AdapterContext context(ClientInstrumentation client) {
            return new AdapterContext(() -> null, new FallbackStrategies((what, why) -> {}), WeavingProgram::defect);
        }
    }

    private record Recorded(ClientInstrumentation declared, ClientAdapter recorder) implements ClientInstrumentation {
        @Override
        public String name() {
            return declared.name();
        }

        @Override
        public String module() {
            return declared.module();
        }

        @Override
        public List<JoinPoint> joinPoints() {
            return declared.joinPoints();
        }

        @Override
        public ClientAdapter adapter(AdapterContext context) {
            return recorder;
        }
    }

    /** Replaces a response for {@code /replace}, throws for {@code /throw}. */
    private static final class HttpClientRecorder implements ClientAdapter {
        @Override
        public @Nullable Object enter(
                int joinPoint,
                Object client,
                @Nullable Object request,
                @Nullable Object handler,
                @Nullable Object third)
                throws IOException {
            String path = ((HttpRequest) request).uri().getPath();
            boolean send = joinPoint == 0;
            SEEN.add((send ? "send " : "sendAsync ") + path + " " + (client instanceof HttpClient) + " "
                    + (send ? handler != null : third));
            if (path.equals("/throw")) {
                throw new IOException("ours");
            }
            if (!path.equals("/replace")) {
                return null;
            }
            return send ? ForeignResponse.INSTANCE : CompletableFuture.completedFuture(ForeignResponse.INSTANCE);
        }
    }

    /** Wraps connections on demand. */
    private static final class ConnectionRecorder implements ClientAdapter {
        @Override
        public @Nullable Object result(
                int joinPoint, @Nullable Object value, @Nullable Object first, @Nullable Object second) {
            URLConnection connection = (URLConnection) value;
            if (joinPoint == 1) {
                SEEN.add("unwrap " + (connection instanceof Wrapper));
                return connection instanceof Wrapper wrapper ? wrapper.jdk : connection;
            }
            URL url = (URL) first;
            SEEN.add("opened " + url.getProtocol() + url.getPath() + " "
                    + connection.getURL().equals(url) + " " + (second == null ? null : ((Proxy) second).type()));
            return wrap ? new Wrapper(connection, url) : connection;
        }
    }

    private static final class Wrapper extends HttpURLConnection {
        final URLConnection jdk;

        Wrapper(URLConnection jdk, URL url) {
            super(url);
            this.jdk = jdk;
        }

        @Override
        public void disconnect() {}

        @Override
        public boolean usingProxy() {
            return false;
        }

        @Override
        public void connect() {}
    }
}

package dev.holdfast.weave;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import sun.net.www.HoldfastBridge;

/**
 * A program one of whose parts is hostile: it tries to take the place of Holdfast's hook, to call through it and to use
 * what else the bridge can do, and prints what it met. Before and after, the program calls its service.
 */
final class BridgeThief {
    private static final String BRIDGE = "sun.net.www.HoldfastBridge";

    private BridgeThief() {}

    public static void main(String[] arguments) throws Exception {
        String origin = arguments[0];
        HttpClient client = HttpClient.newHttpClient();
        call(client, origin, "/before");
        attempts(URI.create(origin + "/forged").toURL());
        call(client, origin, "/after");
    }

    private static void call(HttpClient client, String origin, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(origin + path))
                .header("Authorization", "Bearer secret")
                .build();
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(origin + path).toURL().openConnection();
        connection.setRequestProperty("Authorization", "Bearer secret");
        System.out.println(path + ": "
                + client.send(request, BodyHandlers.ofString()).body() + " "
                + client.sendAsync(request, BodyHandlers.ofString()).get().body() + " "
                + new String(connection.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void attempts(URL url) {
        attempt("java.net", () -> Class.forName("java.net.HoldfastBridge"));
        attempt("subclass", () -> Impostor.steal());
        attempt("link send", () -> HoldfastBridge.send(null, null, null));
        attempt("link sendAsync", () -> HoldfastBridge.sendAsync(null, null, null, null));
        attempt("link opened", () -> HoldfastBridge.opened(new Forged(url), url, null));
        attempt("link unwrap", () -> HoldfastBridge.unwrap(new Forged(url)));
        for (String name : new String[] {
            "send",
            "sendAsync",
            "opened",
            "unwrap",
            "install",
            "uninstall",
            "setMethod",
            "cookieHandler",
            "copyCaptured",
            "setSocketTimeout"
        }) {
            attempt("invoke " + name, () -> {
                Method method = method(name);
                return method.invoke(null, new Object[method.getParameterCount()]);
            });
            attempt("open " + name, () -> {
                Method method = method(name);
                method.setAccessible(true);
                return method.invoke(null, new Object[method.getParameterCount()]);
            });
        }
        attempt("open hook", () -> {
            Field hook = bridge().getDeclaredField("hook");
            hook.setAccessible(true);
            return hook.get(null);
        });
        attempt("open constructor", () -> {
            Constructor<?> constructor = bridge().getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor;
        });
        attempt(
                "look-up",
                () -> MethodHandles.lookup()
                        .findStatic(
                                bridge(),
                                "send",
                                MethodType.methodType(Object.class, Object.class, Object.class, Object.class)));
        attempt("private look-up", () -> MethodHandles.privateLookupIn(bridge(), MethodHandles.lookup()));
        attempt("method field", () -> {
            Field method = HttpURLConnection.class.getDeclaredField("method");
            method.setAccessible(true);
            return method;
        });
    }

    private static Class<?> bridge() throws ClassNotFoundException {
        return Class.forName(BRIDGE, false, null);
    }

    private static Method method(String name) throws ClassNotFoundException {
        for (Method method : bridge().getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                return method;
            }
        }
        throw new AssertionError("the bridge has no method " + name);
    }

    private interface Attempt {
        Object make() throws Throwable;
    }

    private static void attempt(String what, Attempt attempt) {
        try {
            Object unused = attempt.make();
            System.out.println(what + ": SUCCEEDED");
        } catch (Throwable e) {
            System.out.println(what + ": " + e.getClass().getSimpleName());
        }
    }

    /** What would forge each response. */
    private static final class Impostor extends HoldfastBridge {
        static Object steal() {
            install(new Impostor());
            return "";
        }

        @Override
        protected Object onSend(Object client, Object request, Object handler) {
            throw new IllegalStateException("forged");
        }

        @Override
        protected Object onSendAsync(Object client, Object request, Object handler, Object pushPromises) {
            throw new IllegalStateException("forged");
        }

        @Override
        protected URLConnection onOpened(URLConnection connection, URL url, Proxy proxy) {
            return new Forged(url);
        }

        @Override
        protected URLConnection onUnwrap(URLConnection connection) {
            return connection;
        }
    }

    private static final class Forged extends URLConnection {
        Forged(URL url) {
            super(url);
        }

        @Override
        public void connect() throws IOException {
            throw new IOException("forged");
        }
    }
}

package dev.holdfast.weave;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import sun.net.www.HoldfastBridge;
import sun.net.www.HoldfastConnection;

/**
 * A program one of whose parts is hostile: it tries to take the place of Holdfast's hook, to call through it and to use
 * what else the bridge can do, and prints what it met. Before and after, the program calls its service.
 */
final class HostileProgram {
    private static final String BRIDGE = "sun.net.www.HoldfastBridge";
    private static final String CONNECTION = "sun.net.www.HoldfastConnection";

    private HostileProgram() {}

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
        attempt("link enter", () -> HoldfastBridge.enter(null, null, null, null, 0, 0));
        attempt("link guard", () -> HoldfastBridge.guard(null, 0, 0));
        attempt("link result", () -> HoldfastBridge.result(new Forged(url), url, null, 1, 0));
        attempt("link observe", () -> {
            HoldfastBridge.observe(null, null, null, 0, 0, 0);
            return "";
        });
        attempt("link connection", () -> Robber.steal());
        for (String name : new String[] {
            "enter",
            "enterLibrary",
            "guard",
            "result",
            "observe",
            "install",
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
                                "guard",
                                MethodType.methodType(boolean.class, Object.class, int.class, int.class)));
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

    private static Class<?> connection() throws ClassNotFoundException {
        return Class.forName(CONNECTION, false, null);
    }

    private static Method method(String name) throws ClassNotFoundException {
        for (Class<?> type : new Class<?>[] {bridge(), connection()}) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals(name)) {
                    return method;
                }
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

    /** A bridge that would forge each response. */
    private static final class Impostor extends HoldfastBridge {
        static Object steal() {
            install(new Impostor());
            return "";
        }

        @Override
        protected MethodHandle onLink(
                MethodHandles.Lookup caller, String hook, MethodType type, String client, String root, int point) {
            return null;
        }

        @Override
        protected Object onEnterLibrary(
                Object self, Object first, Object second, Object third, Class<?> woven, int joinPoint) {
            throw new IllegalStateException("forged");
        }

        @Override
        protected Object onEnter(Object self, Object first, Object second, Object third, int client, int joinPoint) {
            throw new IllegalStateException("forged");
        }

        @Override
        protected boolean onGuard(Object self, int client, int joinPoint) {
            return true;
        }

        @Override
        protected Object onResult(Object value, Object first, Object second, int client, int joinPoint) {
            return new Forged((URL) first);
        }

        @Override
        protected void onObserve(Object subject, Object first, Object second, int number, int client, int joinPoint) {}
    }

    /** A connection that would set a method that is a second request. */
    private static final class Robber extends HoldfastConnection {
        static Object steal() {
            return responseCode(null);
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

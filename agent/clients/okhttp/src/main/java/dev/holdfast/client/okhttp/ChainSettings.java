package dev.holdfast.client.okhttp;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The settings of its client that an application interceptor may replace for one call: time limits from 3.9 on;
 * cookies, authenticators, TLS, proxy, names, sockets and more from 5.4 on. Found by the shape of the chain's methods,
 * once for a copy of the library, so that a later version's are covered too; what has another shape counts as replaced.
 */
final class ChainSettings {
    private static final String TLS = "withSslSocketFactory";

    /** Null: the chain has a method that is not known. */
    private static final @Nullable List<Setting> ALL = find();

    private ChainSettings() {}

    /** One that a chain and a client have, and a client's builder takes. */
    private interface Setting {
        boolean isTimeLimit();

        boolean isReplaced(Interceptor.Chain chain, OkHttpClient client) throws ReflectiveOperationException;

        /** Returns whether the builder has taken the chain's value. */
        boolean take(Interceptor.Chain chain, OkHttpClient.Builder builder) throws ReflectiveOperationException;
    }

    private static @Nullable List<Setting> find() {
        List<Setting> all = new ArrayList<>();
        try {
            for (Method with : Interceptor.Chain.class.getMethods()) {
                if (with.getReturnType() == Interceptor.Chain.class) {
                    all.add(of(with));
                }
            }
        } catch (NoSuchMethodException | RuntimeException e) {
            return null;
        }
        return all;
    }

    private static Setting of(Method with) throws NoSuchMethodException {
        Class<?>[] takes = with.getParameterTypes();
        String name = with.getName().substring("with".length());
        String plain = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
        if (with.getName().equals(TLS)) {
            return Tls.find();
        }
        boolean isTimeLimit = takes.length == 2 && takes[0] == int.class && takes[1] == TimeUnit.class;
        if (isTimeLimit) {
            return new Value(
                    Interceptor.Chain.class.getMethod(plain + "Millis"),
                    OkHttpClient.class.getMethod(plain + "Millis"),
                    OkHttpClient.Builder.class.getMethod(plain, long.class, TimeUnit.class),
                    true);
        }
        return new Value(
                Interceptor.Chain.class.getMethod("get" + name),
                OkHttpClient.class.getMethod(plain),
                OkHttpClient.Builder.class.getMethod(plain, takes),
                false);
    }

    /** A value of its own. */
    private record Value(Method ofChain, Method ofClient, Method setter, boolean isTimeLimit) implements Setting {
        @Override
        public boolean isReplaced(Interceptor.Chain chain, OkHttpClient client) throws ReflectiveOperationException {
            Object now = ofChain.invoke(chain);
            Object before = ofClient.invoke(client);
            // What a program's own class takes for equal may differ in what it does.
            return now != before && !(ofChain.getReturnType().isPrimitive() && now != null && now.equals(before));
        }

        @Override
        public boolean take(Interceptor.Chain chain, OkHttpClient.Builder builder) throws ReflectiveOperationException {
            Object value = ofChain.invoke(chain);
            Object unused = isTimeLimit
                    ? setter.invoke(builder, ((Integer) value).longValue(), TimeUnit.MILLISECONDS)
                    : setter.invoke(builder, value);
            return true;
        }
    }

    /** The socket factory of TLS and its trust manager, which go together; a client without any has neither. */
    private record Tls(Method factory, Method trust, Method factoryOfClient, Method trustOfClient, Method setter)
            implements Setting {
        static Tls find() throws NoSuchMethodException {
            return new Tls(
                    Interceptor.Chain.class.getMethod("getSslSocketFactoryOrNull"),
                    Interceptor.Chain.class.getMethod("getX509TrustManagerOrNull"),
                    OkHttpClient.class.getMethod("sslSocketFactory"),
                    OkHttpClient.class.getMethod("x509TrustManager"),
                    OkHttpClient.Builder.class.getMethod(
                            "sslSocketFactory", SSLSocketFactory.class, X509TrustManager.class));
        }

        @Override
        public boolean isTimeLimit() {
            return false;
        }

        @Override
        public boolean isReplaced(Interceptor.Chain chain, OkHttpClient client) throws ReflectiveOperationException {
            return factory.invoke(chain) != factoryOf(client) || trust.invoke(chain) != trustOfClient.invoke(client);
        }

        private @Nullable Object factoryOf(OkHttpClient client) throws ReflectiveOperationException {
            try {
                return factoryOfClient.invoke(client);
            } catch (InvocationTargetException e) {
                return null; // there is none
            }
        }

        @Override
        public boolean take(Interceptor.Chain chain, OkHttpClient.Builder builder) throws ReflectiveOperationException {
            if (factory.invoke(chain) instanceof SSLSocketFactory sockets
                    && trust.invoke(chain) instanceof X509TrustManager trusted) {
                Object unused = setter.invoke(builder, sockets, trusted);
                return true;
            }
            return false; // a builder takes no less
        }
    }

    /** Returns whether requests along a chain differ from the client's in more than their time limits. */
    static boolean areReplaced(Interceptor.Chain chain, OkHttpClient client) {
        List<Setting> all = ALL;
        if (all == null) {
            return !client.interceptors().isEmpty();
        }
        try {
            for (Setting setting : all) {
                if (!setting.isTimeLimit() && setting.isReplaced(chain, client)) {
                    return true;
                }
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            return true;
        }
        return false;
    }

    /**
     * A client whose calls have the settings of a chain.
     *
     * @return the client itself where the chain has the same; null: there can be no such client
     */
    static @Nullable OkHttpClient takenOver(Interceptor.Chain chain, OkHttpClient client) {
        List<Setting> all = ALL;
        if (all == null) {
            return client.interceptors().isEmpty() ? client : null;
        }
        OkHttpClient.Builder builder = null;
        try {
            for (Setting setting : all) {
                if (!setting.isReplaced(chain, client)) {
                    continue;
                }
                if (builder == null) {
                    builder = client.newBuilder();
                }
                if (!setting.take(chain, builder)) {
                    return null;
                }
            }
            return builder == null ? client : builder.build();
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }
}

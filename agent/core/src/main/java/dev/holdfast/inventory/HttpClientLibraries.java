package dev.holdfast.inventory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one table of HTTP clients that are known. The names were read from the jars of the versions named beside them; a
 * client that rides on another one (most do) is not in it, since the other one makes its calls.
 */
public final class HttpClientLibraries {
    /** Those that the JDK does not have. */
    public static final List<HttpClientLibrary> ALL = List.of(
            // 2.7
            library("OkHttp 2", "com.squareup.okhttp.OkHttpClient")
                    .carriedBy("com.squareup.okhttp.internal.http.HttpEngine")
                    .in("okhttp"),
            // 3.14, 4.12, 5.1
            library("OkHttp", "okhttp3.OkHttpClient")
                    .carriedBy("okhttp3.internal.http.RealInterceptorChain")
                    .coveredIn("okhttp", "okhttp-jvm"),
            // 3.1
            library("Apache HttpClient 3", "org.apache.commons.httpclient.HttpClient")
                    .carriedBy("org.apache.commons.httpclient.HttpMethodDirector")
                    .in("commons-httpclient"),
            // 4.5; the second is of clients that were deprecated with 4.3
            library("Apache HttpClient 4", "org.apache.http.client.HttpClient")
                    .carriedBy(
                            "org.apache.http.impl.execchain.ConnectionHolder",
                            "org.apache.http.impl.client.DefaultRequestDirector")
                    .coveredIn("httpclient"),
            // 4.1
            library("Apache HttpAsyncClient 4", "org.apache.http.impl.nio.client.CloseableHttpAsyncClient")
                    .carriedBy("org.apache.http.impl.nio.client.AbstractClientExchangeHandler")
                    .in("httpasyncclient"),
            // 5.1, 5.5
            library("Apache HttpClient 5", "org.apache.hc.client5.http.impl.classic.CloseableHttpClient")
                    .carriedBy("org.apache.hc.client5.http.impl.classic.InternalExecRuntime")
                    .coveredIn("httpclient5"),
            // 5.1, 5.5
            library("Apache HttpClient 5, async", "org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient")
                    .carriedBy(
                            "org.apache.hc.client5.http.impl.async.InternalHttpAsyncExecRuntime",
                            "org.apache.hc.client5.http.impl.async.InternalH2AsyncExecRuntime")
                    .in("httpclient5"),
            // 1.2
            library("Reactor Netty", "reactor.netty.http.client.HttpClient")
                    .carriedBy("reactor.netty.http.client.HttpClientConnect$HttpClientHandler")
                    .in("reactor-netty-http", "reactor-netty"),
            // 11, 12
            library("Jetty client", "org.eclipse.jetty.client.HttpClient")
                    .carriedBy(
                            "org.eclipse.jetty.client.HttpExchange", "org.eclipse.jetty.client.transport.HttpExchange")
                    .in("jetty-client"),
            // 2.12
            library("async-http-client", "org.asynchttpclient.DefaultAsyncHttpClient")
                    .carriedBy("org.asynchttpclient.netty.NettyResponseFuture")
                    .in("async-http-client"),
            // 1.9
            library("async-http-client 1", "com.ning.http.client.AsyncHttpClient")
                    .carriedBy(
                            "com.ning.http.client.providers.netty.future.NettyResponseFuture",
                            "com.ning.http.client.providers.grizzly.GrizzlyResponseFuture")
                    .in("async-http-client"),
            // 4.5, 5.0
            library("Vert.x HTTP client", "io.vertx.core.http.HttpClient")
                    .carriedBy("io.vertx.core.http.impl.HttpClientRequestImpl")
                    .in("vertx-core"),
            // 2.31
            library("AWS SDK's Netty client", "software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient")
                    .carriedBy("software.amazon.awssdk.http.nio.netty.internal.NettyRequestExecutor")
                    .in("netty-nio-client"),
            // 2.31
            library("AWS CRT client", "software.amazon.awssdk.http.crt.AwsCrtAsyncHttpClient")
                    .carriedBy(
                            "software.amazon.awssdk.http.crt.internal.CrtAsyncRequestExecutor",
                            "software.amazon.awssdk.http.crt.internal.CrtRequestExecutor")
                    .in("aws-crt-client"),
            // 3.2
            library("Ktor CIO client", "io.ktor.client.engine.cio.CIOEngine")
                    .carriedBy("io.ktor.client.engine.cio.Endpoint")
                    .in("ktor-client-cio-jvm", "ktor-client-cio"),
            // 10.2
            library("Akka HTTP", "akka.http.scaladsl.HttpExt")
                    .carriedBy("akka.http.impl.engine.client.OutgoingConnectionBlueprint$")
                    .in("akka-http-core"),
            // 1.1
            library("Pekko HTTP", "org.apache.pekko.http.scaladsl.HttpExt")
                    .carriedBy("org.apache.pekko.http.impl.engine.client.OutgoingConnectionBlueprint$")
                    .in("pekko-http-core"),
            // 4.10; its other client rides on the JDK's
            library("Micronaut HTTP client", "io.micronaut.http.client.netty.DefaultHttpClient")
                    .carriedBy(
                            "io.micronaut.http.client.netty.DefaultHttpClient$RequestKey",
                            "io.micronaut.http.client.netty.ConnectionManager$PoolHandle")
                    .in("micronaut-http-client"),
            // 24.2
            library("Finagle", "com.twitter.finagle.Http")
                    .carriedBy("com.twitter.finagle.http.codec.HttpClientDispatcher")
                    .in("finagle-http"),
            // 0.23, by its sources
            library("http4s Ember client", "org.http4s.ember.client.EmberClientBuilder")
                    .carriedBy("org.http4s.ember.client.EmberConnection")
                    .in("http4s-ember-client"),
            // 0.23
            library("http4s Blaze client", "org.http4s.blaze.client.BlazeClientBuilder")
                    .carriedBy("org.http4s.blaze.client.Http1Connection")
                    .in("http4s-blaze-client"),
            // 4.2
            library("Helidon web client", "io.helidon.webclient.http1.Http1Client")
                    .carriedBy("io.helidon.webclient.http1.Http1CallChainBase")
                    .in("helidon-webclient-http1"),
            // 1.32
            library("Armeria client", "com.linecorp.armeria.client.WebClient")
                    .carriedBy("com.linecorp.armeria.client.HttpSessionHandler")
                    .in("armeria"),
            // 2.3
            library("Undertow client", "io.undertow.client.UndertowClient")
                    .carriedBy(
                            "io.undertow.client.http.HttpClientExchange",
                            "io.undertow.client.http2.Http2ClientExchange")
                    .in("undertow-core"),
            // 1.70; it retries by itself
            library("gRPC", "io.grpc.internal.ManagedChannelImpl")
                    .carriedBy("io.grpc.internal.ClientCallImpl")
                    .in("grpc-core"));

    /** The JDK's. */
    public static final HttpClientLibrary JDK_HTTP_CLIENT = jdk("java.net.http.HttpClient");

    /** The JDK's old one. */
    public static final HttpClientLibrary URL_CONNECTION = jdk("java.net.HttpURLConnection");

    private static final Index BY_API = new Index(library -> List.of(library.api()));
    private static final Index BY_CARRIER = new Index(HttpClientLibrary::carriers);

    private HttpClientLibraries() {}

    private static HttpClientLibrary jdk(String api) {
        return new HttpClientLibrary(api, true, api, List.of(), List.of());
    }

    private static Draft library(String name, String api) {
        return new Draft(name, api, List.of());
    }

    /** A line of the table in the making. */
    private record Draft(String name, String api, List<String> carriers) {
        Draft carriedBy(String... classes) {
            return new Draft(name, api, List.of(classes));
        }

        HttpClientLibrary in(String... artifacts) {
            return new HttpClientLibrary(name, false, api, carriers, List.of(artifacts));
        }

        HttpClientLibrary coveredIn(String... artifacts) {
            return new HttpClientLibrary(name, true, api, carriers, List.of(artifacts));
        }
    }

    /** The library of which a class is the {@link HttpClientLibrary#api}, relocated or not; null: of none. */
    public static @Nullable HttpClientLibrary byApi(String className) {
        return BY_API.find(className);
    }

    /** The library of which a class is among the {@link HttpClientLibrary#carriers}; null: of none. */
    static @Nullable HttpClientLibrary byCarrier(String className) {
        return BY_CARRIER.find(className);
    }

    /** Returns whether a package may hold a carrier. */
    static boolean mayCarry(String packageName) {
        return BY_CARRIER.hasPackage(packageName);
    }

    /** Finds a class among thousands: most have a simple name that no expected class has. */
    private static final class Index {
        private final Map<String, List<Entry>> bySimpleName = new HashMap<>();
        private final Set<String> packages = new HashSet<>();

        private record Entry(String expected, HttpClientLibrary library) {}

        Index(Function<HttpClientLibrary, List<String>> names) {
            for (HttpClientLibrary library : ALL) {
                for (String name : names.apply(library)) {
                    bySimpleName
                            .computeIfAbsent(simpleName(name), n -> new ArrayList<>())
                            .add(new Entry(name, library));
                    packages.add(HttpClientLibrary.packageOf(name));
                }
            }
        }

        @Nullable
        HttpClientLibrary find(String className) {
            for (Entry entry : bySimpleName.getOrDefault(simpleName(className), List.of())) {
                if (HttpClientLibrary.matches(className, entry.expected())) {
                    return entry.library();
                }
            }
            return null;
        }

        boolean hasPackage(String name) {
            for (String expected : packages) {
                if (HttpClientLibrary.matches(name, expected)) {
                    return true;
                }
            }
            return false;
        }

        private static String simpleName(String className) {
            return className.substring(className.lastIndexOf('.') + 1);
        }
    }
}

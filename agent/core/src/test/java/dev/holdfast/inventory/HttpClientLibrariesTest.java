package dev.holdfast.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HttpClientLibrariesTest {
    @Test
    void each_client_is_known_by_classes_of_its_own() {
        Set<String> names = new HashSet<>();
        for (HttpClientLibrary library : HttpClientLibraries.ALL) {
            assertThat(names.add(library.name())).as(library.name()).isTrue();
            assertThat(HttpClientLibraries.byApi(library.api())).isEqualTo(library);
            assertThat(library.carriers()).isNotEmpty().doesNotContain(library.api());
            assertThat(library.artifacts()).isNotEmpty();
            for (String carrier : library.carriers()) {
                assertThat(HttpClientLibraries.byCarrier(carrier)).isEqualTo(library);
                assertThat(HttpClientLibraries.mayCarry(HttpClientLibrary.packageOf(carrier)))
                        .isTrue();
            }
        }
    }

    @Test
    void a_relocated_copy_is_known_by_the_end_of_its_name() {
        assertThat(name("okhttp3.OkHttpClient")).isEqualTo("OkHttp");
        assertThat(name("com.vendor.shaded.okhttp3.OkHttpClient")).isEqualTo("OkHttp");
        assertThat(name("com.vendor.shaded.org.apache.http.client.HttpClient")).isEqualTo("Apache HttpClient 4");
        assertThat(name("com.vendor.thirdparty.apache.http.client.HttpClient")).isEqualTo("Apache HttpClient 4");
        assertThat(name("play.shaded.ahc.org.asynchttpclient.DefaultAsyncHttpClient"))
                .isEqualTo("async-http-client");
    }

    /** Micronaut's and Finagle's were seen in JVMs that made a call, and not in those that only made a client. */
    @Test
    void the_classes_that_a_call_needs_tell_who_carries_it() {
        assertThat(carrier("io.micronaut.http.client.netty.DefaultHttpClient$RequestKey"))
                .isEqualTo("Micronaut HTTP client");
        assertThat(carrier("com.twitter.finagle.http.codec.HttpClientDispatcher"))
                .isEqualTo("Finagle");
        assertThat(carrier("org.http4s.ember.client.EmberConnection")).isEqualTo("http4s Ember client");
        assertThat(carrier("org.http4s.blaze.client.Http1Connection")).isEqualTo("http4s Blaze client");
    }

    @Test
    void what_only_looks_like_one_is_none() {
        assertThat(HttpClientLibraries.byApi("OkHttpClient")).isNull();
        assertThat(HttpClientLibraries.byApi("notokhttp3.OkHttpClient")).isNull();
        assertThat(HttpClientLibraries.byApi("io.vertx.mutiny.core.http.HttpClient"))
                .isNull();
        assertThat(HttpClientLibraries.byApi("com.example.client.HttpClient")).isNull();
        assertThat(HttpClientLibraries.byApi("java.net.http.HttpClient")).isNull();
        assertThat(HttpClientLibraries.mayCarry("internal.http")).isFalse();
        assertThat(HttpClientLibraries.mayCarry("com.example.http")).isFalse();
    }

    @Test
    void a_files_name_tells_the_version() {
        HttpClientLibrary okHttp = library("okhttp3.OkHttpClient");

        assertThat(okHttp.versionIn("okhttp-4.12.0.jar")).isEqualTo("4.12.0");
        assertThat(okHttp.versionIn("okhttp-jvm-5.1.0.jar")).isEqualTo("5.1.0");
        assertThat(okHttp.versionIn("okhttp.jar")).isNull();
        assertThat(okHttp.versionIn("okhttp-tls-4.12.0.jar")).isNull();
        assertThat(okHttp.versionIn("app-1.0.jar")).isNull();
        assertThat(library("akka.http.scaladsl.HttpExt").versionIn("akka-http-core_2.13-10.2.10.jar"))
                .isEqualTo("10.2.10");
        assertThat(library("org.http4s.ember.client.EmberClientBuilder")
                        .versionIn("http4s-ember-client_2.13-0.23.30.jar"))
                .isEqualTo("0.23.30");
        assertThat(library("com.twitter.finagle.Http").versionIn("finagle-http_2.13-24.2.0.jar"))
                .isEqualTo("24.2.0");
        assertThat(library("io.micronaut.http.client.netty.DefaultHttpClient")
                        .versionIn("micronaut-http-client-core-4.10.15.jar"))
                .as("of which the JDK's client is one kind")
                .isNull();
        assertThat(library("akka.http.scaladsl.HttpExt").isArtifact("akka-http-core_2.13"))
                .isTrue();
    }

    private static String carrier(String className) {
        HttpClientLibrary found = HttpClientLibraries.byCarrier(className);
        assertThat(found).as(className).isNotNull();
        return found.name();
    }

    private static String name(String className) {
        return library(className).name();
    }

    private static HttpClientLibrary library(String className) {
        HttpClientLibrary found = HttpClientLibraries.byApi(className);
        assertThat(found).as(className).isNotNull();
        return found;
    }
}

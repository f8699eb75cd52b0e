package dev.holdfast.client.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.FallbackStrategies;
import dev.holdfast.testkit.OwnSockets;
import java.net.InetAddress;
import java.util.List;
import java.util.function.UnaryOperator;
import okhttp3.Authenticator;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OkHttpIdentityTest {
    private final FallbackStrategies strategies = new FallbackStrategies((what, why) -> {});

    @Test
    void clients_of_the_librarys_own_parts_speak_for_nobody_in_particular() {
        Identity identity = identity(new OkHttpClient());

        assertThat(identity).isNotNull();
        assertThat(identity.lasting()).isTrue();
        assertThat(identity(new OkHttpClient())).isEqualTo(identity);
    }

    /** It leads connections wherever the program's code says: another client's response is not this one's. */
    @Test
    void each_client_with_names_of_its_own_is_another_user() {
        eachIsAnotherUser(builder -> builder.dns(name -> List.of(InetAddress.getLoopbackAddress())));
    }

    @Test
    void each_client_with_sockets_of_its_own_is_another_user() {
        eachIsAnotherUser(builder -> builder.socketFactory(new OwnSockets()));
    }

    private void eachIsAnotherUser(UnaryOperator<OkHttpClient.Builder> own) {
        OkHttpClient client = own.apply(new OkHttpClient.Builder()).build();
        Identity identity = identity(client);

        assertThat(identity).isNotNull().isNotEqualTo(identity(new OkHttpClient()));
        assertThat(identity.lasting()).isFalse();
        assertThat(identity(client)).isEqualTo(identity);
        assertThat(identity(own.apply(new OkHttpClient.Builder()).build())).isNotEqualTo(identity);
    }

    @Test
    void code_of_the_programs_that_may_say_who_asks_is_not_known() {
        OkHttpClient.Builder builder = new OkHttpClient.Builder();
        assertThat(identity(builder.cookieJar(new NoCookies()).build())).isNull();
        builder.cookieJar(CookieJar.NO_COOKIES);
        assertThat(identity(builder.authenticator((route, response) -> null).build()))
                .isNull();
        builder.authenticator(Authenticator.NONE);
        assertThat(identity(
                        builder.proxyAuthenticator((route, response) -> null).build()))
                .isNull();
        builder.proxyAuthenticator(Authenticator.NONE);
        assertThat(identity(builder.addNetworkInterceptor(chain -> chain.proceed(chain.request()))
                        .build()))
                .isNull();
    }

    private @Nullable Identity identity(OkHttpClient client) {
        return OkHttpIdentity.of(
                client, new Request.Builder().url("http://shop.example/stock").build(), strategies);
    }

    private static final class NoCookies implements CookieJar {
        @Override
        public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {}

        @Override
        public List<Cookie> loadForRequest(HttpUrl url) {
            return List.of();
        }
    }
}

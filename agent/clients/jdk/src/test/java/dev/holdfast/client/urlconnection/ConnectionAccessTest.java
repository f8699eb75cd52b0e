package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.HttpURLConnection;
import java.net.URL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A method is written into the request as it is: only a token may get there. */
class ConnectionAccessTest {
    @ParameterizedTest
    @ValueSource(strings = {"PATCH", "M-SEARCH", "x!#$%&'*+-.^_`|~0", "VERSION-CONTROL"})
    void a_token_becomes_the_method_of_both_connections(String method) throws Exception {
        for (String url : new String[] {"http://127.0.0.1/", "https://127.0.0.1/"}) {
            HttpURLConnection connection = opened(url);

            ConnectionAccess.setMethod(connection, method);

            assertThat(connection.getRequestMethod()).isEqualTo(method);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "GET ",
                "ANY\tTHING",
                "GET / HTTP/1.1\r\nHost: other\r\n\r\nGET",
                "P\u00c4TCH",
                "A:B",
                "A/B",
                "(A)",
                "A\u0000",
                "A\u007f",
                "\uff21"
            })
    void anything_else_is_refused_and_not_quoted(String method) throws Exception {
        HttpURLConnection connection = opened("http://127.0.0.1/");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConnectionAccess.setMethod(connection, method))
                .withMessage("the method is not a token");
        assertThat(connection.getRequestMethod()).isEqualTo("GET");
    }

    @Test
    void none_is_refused() throws Exception {
        HttpURLConnection connection = opened("http://127.0.0.1/");

        assertThatIllegalArgumentException().isThrownBy(() -> ConnectionAccess.setMethod(connection, null));
    }

    private static HttpURLConnection opened(String url) throws Exception {
        return (HttpURLConnection) new URL(url).openConnection();
    }
}

package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.CredentialNames.Likelihood;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what names say of their values. */
class CredentialNamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "access_token",
                "accessToken",
                "ACCESS-TOKEN",
                "token",
                "id_token",
                "auth_token",
                "refresh_token",
                "api_key",
                "apikey",
                "api-key",
                "apiKey",
                "X-Api-Key",
                "app_key",
                "sig",
                "signature",
                "X-Amz-Signature",
                "X-Amz-Credential",
                "X-Amz-Security-Token",
                "AWSAccessKeyId",
                "X-Goog-Signature",
                "client_secret",
                "secret",
                "password",
                "passwd",
                "pwd",
                "passphrase",
                "auth",
                "oauth_signature",
                "Authorization",
                "jwt",
                "session",
                "session_id",
                "sid",
                "JSESSIONID",
                "PHPSESSID",
                "hmac",
                "otp",
                "subscription-key",
                "Ocp-Apim-Subscription-Key",
                "private_token",
                "hub.verify_token",
                "auth[token]",
                "Cookie"
            })
    void these_are_credentials(String name) {
        assertThat(CredentialNames.of(name)).isEqualTo(Likelihood.CERTAIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key",
                "sort_key",
                "code",
                "country_code",
                "hash",
                "state",
                "ticket",
                "pin",
                "page_token",
                "nextPageToken",
                "continuationToken",
                "X-Sign",
                "SAMLRequest"
            })
    void these_may_be_or_select_what_is_asked_for(String name) {
        assertThat(CredentialNames.of(name)).isEqualTo(Likelihood.POSSIBLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "q",
                "page",
                "limit",
                "author",
                "sort",
                "id",
                "user",
                "keyword",
                "monkey",
                "design",
                "X-Amz-Date",
                "se",
                "filter[name]",
                "encoding",
                "Accept",
                "passenger",
                "spinner",
                "classification"
            })
    void these_are_none(String name) {
        assertThat(CredentialNames.of(name)).isEqualTo(Likelihood.UNLIKELY);
    }
}

package com.example.compat;

import io.restassured.RestAssured;
import io.restassured.config.HttpClientConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;

/** REST Assured, on the deprecated client of Apache HttpClient 4. */
final class RestAssuredProgram {
    private RestAssuredProgram() {}

    public static void main(String[] arguments) {
        RestAssuredConfig config = RestAssured.config()
                .httpClient(HttpClientConfig.httpClientConfig()
                        .setParam("http.socket.timeout", (int) Program.PATIENCE.toMillis()));
        Program.of(arguments, "REST Assured", "rest-assured")
                .over("apache4")
                .calls("given", request -> call(config, request));
    }

    private static Reply call(RestAssuredConfig config, Request request) {
        RequestSpecification call = RestAssured.given().config(config).headers(request.headers());
        if (request.body() != null) {
            call.contentType(Request.JSON).body(request.body());
        }
        Response response = call.request(request.method(), request.uri());
        return new Reply(response.statusCode(), response.asString(), response.header("X-Answer"));
    }
}

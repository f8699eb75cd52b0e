package com.example.compat;

import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import okhttp3.OkHttpClient;

/** MinIO's client, whose blocking calls wait for asynchronous ones: objects of buckets that are named as the phases. */
final class MinioProgram {
    private MinioProgram() {}

    public static void main(String[] arguments) throws Exception {
        OkHttpClient http =
                new OkHttpClient.Builder().readTimeout(Program.PATIENCE).build();
        MinioClient client = MinioClient.builder()
                .endpoint(arguments[0])
                .region("us-east-1")
                .httpClient(http)
                .build();
        Program.of(arguments, "MinIO", "minio")
                .over("okhttp")
                .calls("MinioClient", Set.of("GET", "PUT", "DELETE"), request -> call(client, request));
        http.dispatcher().executorService().shutdown();
    }

    private static Reply call(MinioClient client, Request request) throws Exception {
        String[] path = request.uri().getPath().substring(1).split("/", 2);
        switch (request.method()) {
            case "PUT" -> {
                byte[] bytes = request.text().getBytes(StandardCharsets.UTF_8);
                client.putObject(PutObjectArgs.builder()
                        .bucket(path[0])
                        .object(path[1])
                        .data(bytes, bytes.length)
                        .build());
                return Reply.of(200, "stored");
            }
            case "DELETE" -> {
                client.removeObject(RemoveObjectArgs.builder()
                        .bucket(path[0])
                        .object(path[1])
                        .build());
                return Reply.of(200, "removed");
            }
            default -> {
                try (GetObjectResponse response = client.getObject(
                        GetObjectArgs.builder().bucket(path[0]).object(path[1]).build())) {
                    return new Reply(
                            200,
                            new String(response.readAllBytes(), StandardCharsets.UTF_8),
                            response.headers().get("X-Answer"));
                }
            }
        }
    }
}

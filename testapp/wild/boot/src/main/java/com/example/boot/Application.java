package com.example.boot;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/** The service. {@code --upstream=} names the other. */
@SpringBootApplication
@EnableScheduling
public class Application {
    public static void main(String[] arguments) {
        SpringApplication.run(Application.class, arguments);
    }

    /** By {@code HttpClient}. */
    @Bean
    RestClient upstream(RestClient.Builder builder, @Value("${upstream}") String upstream) {
        return builder.baseUrl(upstream).build();
    }

    /** By {@code HttpURLConnection}. */
    @Bean
    RestTemplate feeds() {
        return new RestTemplate();
    }
}

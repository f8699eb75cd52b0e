package dev.holdfast.config;

import dev.holdfast.policy.RoutePattern;

/**
 * A route as a host or a named policy defines it.
 *
 * @param pattern which requests it is for
 * @param settings what it sets itself
 * @param path the path of the array that it is in
 * @param at where it begins
 */
record RouteDefinition(RoutePattern pattern, Settings settings, String path, Position at) {}

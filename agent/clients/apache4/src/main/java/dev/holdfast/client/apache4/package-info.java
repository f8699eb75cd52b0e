/**
 * The adapter of Apache HttpClient 4, classic: translates between the client and the exchange, decides nothing. Its
 * classes are defined anew for each copy of the library, and name nothing that a version from 4.0 on lacks.
 */
@NullMarked
package dev.holdfast.client.apache4;

import org.jspecify.annotations.NullMarked;

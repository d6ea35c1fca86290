/**
 * What a service tells others and hears from them, as an AsyncAPI document, and whether two of them fit. Begin with
 * {@link dev.headwater.schema.asyncapi.AsyncApi}.
 */
package dev.headwater.schema.asyncapi;

//! The JSON Schema of the spec, with every provider's options, for editors.
//!
//! What must hold: it comes from the types that read the spec, so that an editor and `stackgate` agree.

use stackgate_provider::Provider;
use stackgate_spec::ProviderSchema;
use stackgate_yaml::schemars::Schema;
use stackgate_yaml::schemars::generate::SchemaSettings;

use crate::registry::PROVIDERS;

/// The schema as JSON text, without a newline at its end.
pub fn spec_schema() -> String {
    let schemas: Vec<ProviderSchema> = PROVIDERS.iter().map(|provider| options(*provider)).collect();
    serde_json::to_string_pretty(&stackgate_spec::schema(&schemas)).unwrap_or_default()
}

/// The schema of one provider's options, with the definitions that it refers to.
fn options(provider: &dyn Provider) -> ProviderSchema {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema: Schema = provider.schema(&mut generator);
    schema.insert("$defs".into(), generator.take_definitions(true).into());
    ProviderSchema { id: provider.id(), title: provider.title(), schema }
}

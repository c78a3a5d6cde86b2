//! Pulls a module as Krustlet does and writes its bytes to standard output.
//! Usage: `pull HOST[:PORT]/PATH:TAG`, with REGISTRY_USER and REGISTRY_PASSWORD, over plain HTTP for that host.

use std::{env, io::Write};

use oci_distribution::{
    client::{ClientConfig, ClientProtocol},
    secrets::RegistryAuth,
    Client, Reference,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let reference: Reference = env::args().nth(1).ok_or("no reference")?.parse()?;
    let auth = RegistryAuth::Basic(env::var("REGISTRY_USER")?, env::var("REGISTRY_PASSWORD")?);
    let mut client = Client::new(ClientConfig {
        protocol: ClientProtocol::HttpsExcept(vec![reference.registry().to_owned()]),
        ..ClientConfig::default()
    });
    // The one layer type that krustlet-wasi accepts.
    let image = client
        .pull(
            &reference,
            &auth,
            vec!["application/vnd.wasm.content.layer.v1+wasm"],
        )
        .await?;
    let [layer] = image.layers.as_slice() else {
        return Err(format!("{} layers", image.layers.len()).into());
    };
    std::io::stdout().write_all(&layer.data)?;
    Ok(())
}

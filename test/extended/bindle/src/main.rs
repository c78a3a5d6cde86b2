//! A Bindle server and client.
//! Usage: `bindle-peer serve ADDRESS FOLDER`, which reads keyring.toml and htpasswd of the folder and keeps its bindles there;
//! `bindle-peer get URL NAME/VERSION KEYRING`, which checks the creator's signature and writes the one parcel to standard output.

use std::{env, io::Write, path::Path, sync::Arc};

use anyhow::{bail, Context};
use bindle::{
    authn::http_basic::HttpBasic,
    authz::anonymous_get::AnonymousGet,
    client::{tokens::NoToken, Client},
    provider::file::FileProvider,
    search::StrictEngine,
    server::server,
    signature::{KeyRing, KeyRingLoader, SecretKeyFile},
    SecretKeyEntry, SignatureRole, VerificationStrategy,
};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["serve", address, folder] => serve(address, Path::new(folder)).await,
        ["get", url, id, keyring] => get(url, id, keyring.load().await?).await,
        _ => bail!("Usage: bindle-peer serve ADDRESS FOLDER | get URL NAME/VERSION KEYRING"),
    }
}

async fn serve(address: &str, folder: &Path) -> anyhow::Result<()> {
    let index = StrictEngine::default();
    let store = FileProvider::new(folder.join("bindles"), index.clone()).await;
    let users = HttpBasic::from_file(folder.join("htpasswd")).await?;
    let keyring: KeyRing = folder.join("keyring.toml").load().await?;
    // A server signs, as its host, what it has accepted.
    let mut keys = SecretKeyFile::default();
    keys.key
        .push(SecretKeyEntry::new("host", vec![SignatureRole::Host]));
    let address: std::net::SocketAddr = address.parse()?;
    server(
        store,
        index,
        users,
        AnonymousGet,
        address,
        None,
        keys,
        VerificationStrategy::default(),
        keyring,
    )
    .await
}

async fn get(url: &str, id: &str, keyring: KeyRing) -> anyhow::Result<()> {
    let client = Client::<NoToken>::builder()
        .verification_strategy(VerificationStrategy::CreativeIntegrity)
        .build(url, NoToken, Arc::new(keyring))?;
    let invoice: bindle::Invoice = client.get_invoice(id).await?.into();
    let [parcel] = &invoice.parcel.context("no parcels")?[..] else {
        bail!("not one parcel")
    };
    let bytes = client.get_parcel(id, &parcel.label.sha256).await?;
    std::io::stdout().write_all(&bytes)?;
    Ok(())
}

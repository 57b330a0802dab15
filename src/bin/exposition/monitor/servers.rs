//! Which servers use the monitors, and with which settings: what the options say of them.

use exposition::operator::{Assets, OperatorConfig, Prometheus};

use super::Monitor;
use super::manifests::Found;
use super::server::Server;
use crate::console::Console;
use crate::failure::{Result, Usage};
use crate::source;

impl Monitor {
    /// Returns the settings of a server that no Prometheus object among the manifests stands for.
    pub(super) fn settings(&self) -> Result<OperatorConfig> {
        let mut settings = match &self.settings {
            Some(file) => {
                let named = |error: &dyn std::fmt::Display| {
                    let name = source::called(file);
                    let lines = error
                        .to_string()
                        .replace('\n', &format!("\nerror: {name}: "));
                    format!("{name}: {lines}")
                };
                let text = source::text(file)?;
                if Prometheus::is_meant(&text) {
                    let object: Prometheus = text.parse().map_err(|error| named(&error))?;
                    object.check().map_err(|error| named(&error))?;
                    object.settings
                } else {
                    text.parse().map_err(|error| named(&error))?
                }
            }
            None => OperatorConfig::default(),
        };
        self.set(&mut settings)?;
        Ok(settings)
    }

    /// Changes settings as the other options say.
    fn set(&self, settings: &mut OperatorConfig) -> Result<()> {
        if let Some(file) = &self.secrets {
            let text = source::text(file)?;
            let assets = Assets::parse_all(&text);
            settings.assets =
                Some(assets.map_err(|error| source::faulty(&source::called(file), &text, &error))?);
        }
        if let Some(shards) = self.shards {
            settings.shards = shards;
        }
        settings.shard = self.shard;
        Ok(())
    }

    /// Checks that there is the shard to look at.
    fn check_shard(settings: &OperatorConfig) -> Result<()> {
        if settings.shard >= settings.shard_count() {
            let (shard, count) = (settings.shard, settings.shard_count());
            let none = format!("--shard {shard}: there are {count} shards, the first is 0");
            return Err(Usage(none).into());
        }
        Ok(())
    }

    /// Returns the servers that use the monitors of a scene.
    pub(super) fn servers(
        &self,
        found: &Found,
        settings: &OperatorConfig,
        console: &Console<'_>,
    ) -> Result<Vec<Server>> {
        let mut servers = Vec::new();
        let objects = found.resources.prometheus();
        if objects.is_empty() || self.settings.is_some() {
            Self::check_shard(settings)?;
            if let (Some(wanted), true) = (&self.prometheus, objects.is_empty()) {
                let none = "there is no Prometheus object among the manifests";
                return Err(Usage(format!("--prometheus {wanted}: {none}")).into());
            }
            return Ok(vec![Server::of_settings(
                &found.resources,
                settings.clone(),
            )]);
        }
        for resource in objects {
            let server = Server::of_object(&found.resources, resource, |settings| {
                self.set(settings)?;
                Self::check_shard(settings)
            });
            match server {
                Ok(server) => servers.push(server),
                Err(error) if error.is::<Usage>() => return Err(error),
                Err(error) => console.error(&*error),
            }
        }
        let is_named = |server: &Server| match (&self.prometheus, &server.object) {
            (Some(wanted), Some(object)) => object.is_called(wanted),
            _ => true,
        };
        let names: Vec<String> = (servers.iter())
            .filter_map(|server| Some(server.object.as_ref()?.title()))
            .collect();
        servers.retain(is_named);
        let are_all = names.len() == objects.len();
        if let (Some(wanted), true) = (&self.prometheus, servers.is_empty() && are_all) {
            let names = names.join(", ");
            return Err(Usage(format!("--prometheus {wanted}: there is only {names}")).into());
        }
        Ok(servers)
    }
}

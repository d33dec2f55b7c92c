//! Pictures of the window, drawn without a screen.

use std::sync::Arc;

use egui::Theme;
use egui_kittest::Harness;
use image::RgbaImage;
use metascope::train::link::link;
use metascope::train::snapshot::Snapshot;
use metascope::window::App;

use super::fixtures;
use super::soft_renderer::SoftRenderer;

pub const SMALL: [f32; 2] = [1024.0, 640.0];
pub const USUAL: [f32; 2] = [1280.0, 800.0];

/// The test harness leaves this around the window; it is cut off again.
pub const MARGIN: f32 = 8.0;

pub type Window = Harness<'static, Option<App>>;

pub fn picture(size: [f32; 2], scale: f32, theme: Theme, snapshot: Option<Snapshot>) -> RgbaImage {
    picture_after(size, scale, theme, snapshot, |_| {})
}

/// The picture after a person did something.
pub fn picture_after(
    size: [f32; 2],
    scale: f32,
    theme: Theme,
    snapshot: Option<Snapshot>,
    act: impl FnOnce(&mut Window),
) -> RgbaImage {
    let (window_end, trainer_end) = link(Arc::new(|| {}));
    let settings = snapshot.as_ref().map(|snapshot| snapshot.settings.as_ref().clone()).unwrap_or_default();
    if let Some(snapshot) = snapshot {
        trainer_end.publish(snapshot);
    }
    let mut window_end = Some(window_end);
    let mut harness = Harness::builder()
        .with_size([size[0] + 2.0 * MARGIN, size[1] + 2.0 * MARGIN])
        .with_pixels_per_point(scale)
        .with_theme(theme)
        .renderer(SoftRenderer::default())
        .build_ui_state(
            move |ui, app: &mut Option<App>| {
                app.get_or_insert_with(|| {
                    App::new(ui.ctx(), window_end.take().unwrap(), settings.clone(), Some(fixtures::image_set()))
                })
                .show(ui);
            },
            None,
        );
    harness.run();
    act(&mut harness);
    harness.run_steps(10);
    let image = harness.render().unwrap();
    // A hall's zoom enlarges it too.
    let margin = (MARGIN * harness.ctx.pixels_per_point()) as u32;
    let (width, height) = (image.width() - 2 * margin, image.height() - 2 * margin);
    image::imageops::crop_imm(&image, margin, margin, width, height).to_image()
}
